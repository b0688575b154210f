package dev.lora4j.core.mixer;

import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;

/**
 * Numbers from 0 to below 1 for a whole parameter, multiples of 2^-24: those that {@link
 * dev.lora4j.core.tensor.SeededNumbers} has for row 0, computed here. Staged, the generator would
 * be a hundred operators over the whole parameter.
 */
final class UniformNumbers {
  /** Numbers of one task: few enough that two cores share the least parameters. */
  private static final int CHUNK = 1 << 14;

  /** Greatest number of tasks that run on one thread. */
  private static final int ALONE = 2;

  private static final int ROUNDS = 10;
  private static final int STEP_0 = 0x9E3779B9;
  private static final int STEP_1 = 0xBB67AE85;
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final long MASK = 0xFFFFFFFFL;

  /** Buffers for reuse by later parameters of equal size: one for each thread at work. */
  private final Queue<ByteBuffer> buffers = new ConcurrentLinkedQueue<>();

  /** A key that depends on all words. */
  static long key(long seed, String... words) {
    MessageDigest digest = Digests.sha256();
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, seed));
    for (String word : words) {
      digest.update(word.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
    }
    return ByteBuffer.wrap(digest.digest()).getLong();
  }

  /**
   * F32 of a shape.
   *
   * @param first the place of the first of them among those of the key, a multiple of four
   */
  Tensor of(Scope owner, long key, Shape shape, long first) {
    int before = Math.toIntExact(first);
    int count = Math.toIntExact(shape.elements());
    // Blocks of four numbers are written whole.
    int bytes = Math.multiplyExact((count + 3) / 4, 4 * Float.BYTES);
    ByteBuffer kept = buffers.poll();
    ByteBuffer target =
        kept != null && kept.capacity() >= bytes
            ? kept
            : ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int chunks = (count + CHUNK - 1) / CHUNK;
    IntStream places = IntStream.range(0, chunks);
    // A block of rows is drawn in parallel with the others.
    (chunks > ALONE ? places.parallel() : places)
        .forEach(i -> fill(target, key, before, i * CHUNK, Math.min(count, (i + 1) * CHUNK)));
    Tensor numbers =
        Tensor.of(owner, DType.F32, shape, target.duplicate().position(0).limit(count * 4));
    buffers.add(target);
    return numbers;
  }

  /** Philox4x32-10, see {@link dev.lora4j.core.tensor.SeededNumbers}. */
  private static void fill(ByteBuffer target, long key, int before, int from, int end) {
    for (int at = from; at < end; at += 4) {
      int x0 = (before + at) >>> 2;
      int x1 = 0;
      int x2 = 0;
      int x3 = 0;
      int low = (int) key;
      int high = (int) (key >>> 32);
      for (int round = 0; round < ROUNDS; round++) {
        long first = (x0 & MASK) * MULTIPLIER_0;
        long second = (x2 & MASK) * MULTIPLIER_1;
        x0 = (int) (second >>> 32) ^ x1 ^ low;
        x1 = (int) second;
        x2 = (int) (first >>> 32) ^ x3 ^ high;
        x3 = (int) first;
        low += STEP_0;
        high += STEP_1;
      }
      put(target, at, x0);
      put(target, at + 1, x1);
      put(target, at + 2, x2);
      put(target, at + 3, x3);
    }
  }

  private static void put(ByteBuffer target, int at, int word) {
    target.putFloat(at * Float.BYTES, (word >>> 8) * 0x1p-24f);
  }
}
