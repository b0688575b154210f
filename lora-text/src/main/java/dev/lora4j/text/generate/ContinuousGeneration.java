package dev.lora4j.text.generate;

import dev.lora4j.core.tensor.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Function;

/**
 * Generation of sequences of a causal model whose requests join and leave between two tokens
 * (continuous batching, Yu et al. 2022). Each gives what it would give alone.
 *
 * <p>For one thread at a time, but any may call {@link GenerationRow#cancel}. Whoever opens it
 * closes it.
 */
public final class ContinuousGeneration implements AutoCloseable {
  private final Scope scope;
  private final CausalPrograms programs;
  private final SlotLimits limits;
  private final SlotCache cache;
  private final RowComputation computation;
  private final RowGroups groups;
  private final PrefixCache prefixes;

  private ContinuousGeneration(Scope scope, CausalPrograms programs, CacheLimits limits) {
    this.scope = scope;
    this.programs = programs;
    this.cache =
        new SlotCache(
            scope, programs.slots(), programs.network().cacheSize(), programs.base().compute());
    this.limits =
        new SlotLimits(
            limits.rows(), programs.network().longest(), limits.bytes() / cache.tokenBytes());
    this.computation = new RowComputation(new RowNetworks(programs), cache);
    AdapterSets sets = scope.own(new AdapterSets(scope, programs));
    this.groups = new RowGroups(cache, sets, this.limits);
    this.prefixes = scope.own(new PrefixCache(cache.tokenBytes(), limits.prefixBytes()));
  }

  /**
   * Opens a generation without rows.
   *
   * @param owner closes it at the latest
   * @throws IllegalArgumentException if the model has an encoder
   */
  public static ContinuousGeneration open(Scope owner, TextPrograms programs, CacheLimits limits) {
    if (!(programs instanceof CausalPrograms causal)) {
      throw new IllegalArgumentException(
          programs.base().path()
              + " has an encoder and a decoder, whose rows cannot come and go; generate its texts"
              + " in batches.");
    }
    Scope scope = owner.child("continuous generation");
    try {
      return new ContinuousGeneration(scope, causal, limits);
    } catch (RuntimeException | Error e) {
      scope.close();
      throw e;
    }
  }

  /**
   * The room for a request, if it joined now.
   *
   * @throws IllegalArgumentException if it is longer than the model's longest sequence
   */
  public Room room(GenerationRequest request) {
    int tokens = request.room();
    if (tokens > limits.longest()) {
      throw new IllegalArgumentException(
          "The request has "
              + tokens
              + " tokens with those that it may get, but this model reads at most "
              + limits.longest()
              + ".");
    }
    groups.leave();
    if (tokens > limits.tokens()) {
      return Room.TOO_LONG;
    } else if (live() == limits.rows()) {
      return Room.NO_ROW;
    }
    return groups.fits(tokens) ? Room.FREE : Room.NO_BYTES;
  }

  /** {@link #join(GenerationRequest, String)} for the one tenant that has no name. */
  public Optional<GenerationRow> join(GenerationRequest request) {
    return join(request, "");
  }

  /**
   * Lets a request join; the next {@link #step} reads its prompt. Empty if there is no {@link
   * #room} for it now.
   *
   * @param tenant requests of the same tenant alone share prefixes
   * @throws IllegalArgumentException if there will never be any, or it has features to encode
   * @throws dev.lora4j.core.adapter.AdapterException if its adapters do not fit the base or each
   *     other
   */
  public Optional<GenerationRow> join(GenerationRequest request, String tenant) {
    request.requireTokens();
    Room room = room(request);
    if (room == Room.TOO_LONG) {
      throw new IllegalArgumentException(
          "The request takes "
              + request.room() * cache.tokenBytes()
              + " bytes for keys and values, which is more than all rows may take together; give it"
              + " a shorter prompt or fewer tokens, or raise the limit.");
    } else if (room != Room.FREE) {
      return Optional.empty();
    }
    GenerationRow row = new GenerationRow(request, mix(request), tenant);
    groups.add(row);
    return Optional.of(row);
  }

  /** The mix of a request, the same for rows whose mixes have the same content. */
  private RowMix mix(GenerationRequest request) {
    MixContent content = MixContent.of(request.mix());
    return groups.rows().stream()
        .map(GenerationRow::mix)
        .filter(mix -> mix.content().equals(content))
        .findFirst()
        .orElseGet(() -> RowMix.of(programs.base(), request.mix()));
  }

  /**
   * Computes the next token of each row. Rows that joined begin, and those that are done have left.
   *
   * @return what came; a row that {@linkplain GenerationRow#failure failed} got none
   * @throws CancellationException if the calling thread is interrupted; the rows stay and go on
   *     with the next step
   */
  public List<RowToken> step() {
    SampledGeneration.requireGoingOn();
    groups.leave();
    Map<GenerationRow, List<PrefixCache.Block>> found = findPrefixes();
    scope.engine().together(() -> begin(found));
    List<RowToken> tokens = new ArrayList<>();
    for (RowGroup group : groups.all()) {
      List<GenerationRow> read = group.read();
      for (List<GenerationRow> rows : PromptBatch.divided(group.joining())) {
        PromptBatch prompts = PromptBatch.of(rows);
        tokens.addAll(next(rows, step -> computation.read(step, group, prompts)));
        scope.engine().together(() -> store(rows));
      }
      if (!read.isEmpty()) {
        tokens.addAll(next(read, step -> computation.next(step, group, read)));
      }
    }
    return tokens;
  }

  /** Puts rows into their slots; returns how many begin, with what is known of their prompts. */
  private int begin(Map<GenerationRow, List<PrefixCache.Block>> found) {
    groups.arrange();
    found.forEach(this::load);
    return found.size();
  }

  /** Prefixes of rows that joined, none of which leaves the cache before the first is stored. */
  private Map<GenerationRow, List<PrefixCache.Block>> findPrefixes() {
    Map<GenerationRow, List<PrefixCache.Block>> found = new LinkedHashMap<>();
    for (GenerationRow row : groups.rows()) {
      if (!row.read()) {
        List<PrefixCache.Block> blocks = prefixes.find(row.domain(), row.request().prompt());
        row.prefix(blocks.size() * PrefixCache.BLOCK);
        found.put(row, blocks);
      }
    }
    return found;
  }

  private void load(GenerationRow row, List<PrefixCache.Block> blocks) {
    for (int i = 0; i < blocks.size(); i++) {
      cache.load(row.slot(), i * PrefixCache.BLOCK, blocks.get(i).tensor());
    }
  }

  /** Stores the prefixes of rows that did not fail; returns how many they are. */
  private int store(List<GenerationRow> rows) {
    List<GenerationRow> whole = rows.stream().filter(row -> row.failure().isEmpty()).toList();
    for (GenerationRow row : whole) {
      prefixes.store(
          row.domain(),
          row.request().prompt(),
          before -> cache.block(row.slot(), before, PrefixCache.BLOCK));
    }
    return whole.size();
  }

  private List<RowToken> next(List<GenerationRow> rows, Function<Scope, float[]> work) {
    float[] logits;
    try (Scope step = scope.child("step")) {
      logits = scope.engine().together(() -> work.apply(step));
    } catch (CancellationException e) {
      throw e;
    } catch (RuntimeException e) {
      rows.forEach(row -> row.fail(e));
      return List.of();
    }
    int words = logits.length / rows.size();
    List<RowToken> tokens = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      GenerationRow row = rows.get(i);
      row.setRead();
      if (row.add(Arrays.copyOfRange(logits, i * words, (i + 1) * words))) {
        tokens.add(new RowToken(row, row.sequence().last(), row.sequence().lastChoice()));
      }
    }
    return tokens;
  }

  /** Number of rows that are not done. */
  public int live() {
    return (int) groups.rows().stream().filter(row -> !row.done()).count();
  }

  /** Bytes of the rows' keys and values, free slots included. */
  public long bytes() {
    return cache.bytes();
  }

  /** Counts of the prefix cache. */
  public PrefixCounts prefixes() {
    return prefixes.counts();
  }

  /** Ends all rows and releases what they held. */
  @Override
  public void close() {
    groups.rows().forEach(GenerationRow::cancel);
    scope.close();
  }
}
