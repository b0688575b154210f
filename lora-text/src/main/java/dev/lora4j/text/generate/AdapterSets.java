package dev.lora4j.text.generate;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.BatchMix;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.RowFactors;
import dev.lora4j.core.tensor.Scope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Sets of adapters that are in use or were shortly before, so that rows which come and go seldom
 * make another. For one thread.
 */
final class AdapterSets implements AutoCloseable {
  /** Unused sets that are kept at most. */
  private static final int SPARE = 8;

  /** Size of the base relative to that of the factors of unused sets. */
  private static final int SHARE = 4;

  /** How many times as many columns as its rows need a set may have. */
  private static final int SURPLUS = 2;

  /** Rows for each adapter from which on it takes less to stack them than to write each to rows. */
  private static final int SHARED = 4;

  /** Key of a set of stacked adapters: what is merged, and what is stacked. */
  private record Key(Object merged, Object stack) {}

  /**
   * A set for some rows.
   *
   * @param inputs of its programs
   */
  record Choice(AdapterSet set, RowInputs inputs) {}

  private final Scope scope;
  private final TextPrograms programs;

  /** The least recently used is the first. */
  private final Map<Key, StackedAdapterSet> stacked = new LinkedHashMap<>(16, 0.75f, true);

  /** The least recently used is the last. */
  private final List<RowAdapterSet> ofRows = new ArrayList<>();

  /** None yet; they are owned by {@code scope}. */
  AdapterSets(Scope scope, TextPrograms programs) {
    this.scope = scope;
    this.programs = programs;
  }

  /**
   * A set for some rows. Rows with different adapters, none of them merged, have their own in their
   * slots, so that one more row costs no more than its adapters. What many rows share is stacked:
   * the set with just the adapters, or one that is there with a few more, or a new one.
   *
   * @param mixes different mixes of the rows, with equal merged keys
   * @param rows in their slots
   * @param slots of all rows that there may be
   */
  Choice of(List<RowMix> mixes, List<GenerationRow> rows, int slots) {
    List<MixPlan> plans = mixes.stream().map(RowMix::plan).toList();
    int adapters = identities(plans).size();
    boolean own =
        rows.size() < SHARED * adapters
            && mixes.get(0).unmerged()
            && mixes.stream().allMatch(mix -> RowFactors.suits(mix.alone()));
    if (own && adapters > 1) {
      return ofRows(mixes, rows, slots);
    }
    BatchMix exact = AdaptedBatch.mix(programs.base(), plans);
    Key key = new Key(mixes.get(0).merged(), exact.stackKey());
    // One adapter that is stacked already stays so as rows leave.
    return own && !stacked.containsKey(key) ? ofRows(mixes, rows, slots) : stack(key, mixes, exact);
  }

  private Choice ofRows(List<RowMix> mixes, List<GenerationRow> rows, int slots) {
    RowAdapterSet set =
        ofRows.stream()
            .filter(s -> s.takes(mixes, slots))
            .findFirst()
            .orElseGet(() -> new RowAdapterSet(scope, programs, mixes, slots));
    ofRows.remove(set);
    ofRows.add(0, set);
    set.put(rows);
    return new Choice(set, set::inputs);
  }

  private Choice stack(Key key, List<RowMix> mixes, BatchMix exact) {
    List<MixPlan> plans = mixes.stream().map(RowMix::plan).toList();
    Optional<Choice> larger =
        stacked.containsKey(key) ? Optional.empty() : larger(key, mixes, exact.columns());
    return larger.orElseGet(
        () ->
            new Choice(
                stacked.computeIfAbsent(
                    key, k -> new StackedAdapterSet(scope, programs, plans, exact)),
                RowInputs.stacked(exact, mixes)));
  }

  private Optional<Choice> larger(Key key, List<RowMix> mixes, int columns) {
    List<MixPlan> plans = mixes.stream().map(RowMix::plan).toList();
    Set<String> needed = identities(plans);
    List<Key> others =
        stacked.entrySet().stream()
            .filter(e -> e.getKey().merged.equals(key.merged))
            .filter(e -> e.getValue().mix().columns() <= SURPLUS * columns)
            .filter(e -> identities(e.getValue().plans()).containsAll(needed))
            .sorted(Comparator.comparingInt(e -> e.getValue().mix().columns()))
            .map(Map.Entry::getKey)
            .toList();
    for (Key other : others) {
      StackedAdapterSet set = Optional.ofNullable(stacked.get(other)).orElseThrow();
      BatchMix both =
          AdaptedBatch.mix(
              programs.base(), Stream.concat(plans.stream(), set.plans().stream()).toList());
      if (both.stackKey().equals(other.stack)) {
        return Optional.of(new Choice(set, RowInputs.stacked(both, mixes)));
      }
    }
    return Optional.empty();
  }

  private static Set<String> identities(List<MixPlan> plans) {
    return plans.stream()
        .flatMap(p -> p.adapters().stream())
        .map(Adapter::identity)
        .collect(Collectors.toSet());
  }

  /**
   * Closes sets that are not in use. The last ones stay as far as there is room, and one that is
   * merged.
   */
  void retain(Collection<AdapterSet> used) {
    List<AdapterSet> unused = new ArrayList<>(stacked.values());
    Collections.reverse(unused);
    unused.addAll(0, ofRows);
    unused.removeAll(used);
    long room = programs.base().weights().bytes() / SHARE;
    int merged = 0;
    int spare = 0;
    for (AdapterSet set : unused) {
      boolean stays;
      if (set.merging()) {
        stays = merged++ == 0;
      } else {
        room -= set.bytes();
        stays = spare == 0 || (spare < SPARE && room >= 0);
        spare++;
      }
      if (!stays) {
        stacked.values().remove(set);
        ofRows.remove(set);
        set.close();
      }
    }
  }

  /** Lets all go of the cache, whose tensors will be others. */
  void release() {
    stacked.values().forEach(AdapterSet::release);
    ofRows.forEach(AdapterSet::release);
  }

  @Override
  public void close() {
    stacked.values().forEach(AdapterSet::close);
    stacked.clear();
    ofRows.forEach(AdapterSet::close);
    ofRows.clear();
  }
}
