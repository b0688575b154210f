package dev.lora4j.text.generate;

import dev.lora4j.core.tensor.Tensor;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Keys and values of the beginnings of prompts, in blocks of tokens. Each block belongs to the one
 * before it, and the first to its tenant and adapters, so that equal tokens behind others are
 * others. The least recently used go first.
 *
 * <p>For one thread. Whoever makes it closes it.
 */
final class PrefixCache implements AutoCloseable {
  /** Tokens of a block. */
  static final int BLOCK = 16;

  /**
   * Domain of prompts that share blocks.
   *
   * @param tenant whose prompts they are
   */
  record Domain(String tenant, MixContent mix) {}

  /** A block, which is itself alone. */
  static final class Block {
    private final Tensor tensor;

    private Block(Tensor tensor) {
      this.tensor = tensor;
    }

    /** Keys and values of all layers, [parts, heads, tokens, width]. */
    Tensor tensor() {
      return tensor;
    }
  }

  /**
   * Key of a block.
   *
   * @param before the block before it, or the domain of the first
   */
  private record Key(Object before, IntBuffer tokens) {}

  private final long blockBytes;
  private final long most;

  /** The least recently used is the first; a block is never older than one behind it. */
  private final Map<Key, Block> blocks = new LinkedHashMap<>(16, 0.75f, true);

  private long queries;
  private long hits;

  /**
   * An empty cache.
   *
   * @param tokenBytes bytes of a token's keys and values
   * @param bytes the most of all
   */
  PrefixCache(long tokenBytes, long bytes) {
    this.blockBytes = BLOCK * tokenBytes;
    this.most = bytes / blockBytes;
  }

  PrefixCounts counts() {
    return new PrefixCounts(queries, hits, blocks.size() * blockBytes);
  }

  /**
   * The blocks that a prompt begins with, as far as they are there; at least its last token is left
   * to read.
   */
  List<Block> find(Domain domain, int[] prompt) {
    if (most == 0) {
      return List.of();
    }
    List<Key> keys = new ArrayList<>();
    List<Block> found = new ArrayList<>();
    Object before = domain;
    for (int from = 0; from + BLOCK < prompt.length; from += BLOCK) {
      Key key = new Key(before, tokens(prompt, from));
      Optional<Block> block = Optional.ofNullable(blocks.get(key));
      if (block.isEmpty()) {
        break;
      }
      keys.add(key);
      found.add(block.get());
      before = block.get();
    }
    touch(keys);
    queries += prompt.length;
    hits += (long) found.size() * BLOCK;
    return found;
  }

  /**
   * Stores the whole blocks of a prompt that are not there yet.
   *
   * @param copy keys and values of the block from a token on, in memory of its own
   */
  void store(Domain domain, int[] prompt, IntFunction<Tensor> copy) {
    List<Key> keys = new ArrayList<>();
    Object before = domain;
    for (int from = 0; from + BLOCK <= prompt.length && keys.size() < most; from += BLOCK) {
      Key key = new Key(before, tokens(prompt, from));
      Block block = blocks.get(key);
      if (block == null) {
        evict();
        block = new Block(copy.apply(from));
        blocks.put(key, block);
      }
      keys.add(key);
      before = block;
    }
    touch(keys);
  }

  /** Makes room for one more block. */
  private void evict() {
    Iterator<Block> oldest = blocks.values().iterator();
    while (blocks.size() >= most) {
      oldest.next().tensor.close();
      oldest.remove();
    }
  }

  private void touch(List<Key> chain) {
    for (int i = chain.size() - 1; i >= 0; i--) {
      blocks.get(chain.get(i));
    }
  }

  private static IntBuffer tokens(int[] prompt, int from) {
    return IntBuffer.wrap(Arrays.copyOfRange(prompt, from, from + BLOCK));
  }

  @Override
  public void close() {
    blocks.values().forEach(block -> block.tensor.close());
    blocks.clear();
  }
}
