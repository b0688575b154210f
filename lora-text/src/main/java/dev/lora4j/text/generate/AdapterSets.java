package dev.lora4j.text.generate;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.BatchMix;
import dev.lora4j.core.mix.MixPlan;
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

  /** Key of a set: what is merged, and what is stacked. */
  private record Key(Object merged, Object stack) {}

  /**
   * A set for some rows.
   *
   * @param mix of mixes of which the first are those of the rows
   */
  record Choice(AdapterSet set, BatchMix mix) {}

  private final Scope scope;
  private final TextPrograms programs;

  /** The least recently used is the first. */
  private final Map<Key, AdapterSet> sets = new LinkedHashMap<>(16, 0.75f, true);

  /** None yet; they are owned by {@code scope}. */
  AdapterSets(Scope scope, TextPrograms programs) {
    this.scope = scope;
    this.programs = programs;
  }

  /**
   * The set with just the adapters of some rows; else one that is there with a few more; else it is
   * made.
   *
   * @param merged merged key of the rows
   * @param plans of the rows
   */
  Choice of(Object merged, List<MixPlan> plans) {
    BatchMix exact = AdaptedBatch.mix(programs.base(), plans);
    Key key = new Key(merged, exact.stackKey());
    Optional<Choice> larger =
        sets.containsKey(key) ? Optional.empty() : larger(merged, plans, exact.columns());
    return larger.orElseGet(
        () ->
            new Choice(
                sets.computeIfAbsent(key, k -> new AdapterSet(scope, programs, plans, exact)),
                exact));
  }

  private Optional<Choice> larger(Object merged, List<MixPlan> plans, int columns) {
    Set<String> needed = identities(plans);
    List<Key> others =
        sets.entrySet().stream()
            .filter(e -> e.getKey().merged.equals(merged))
            .filter(e -> e.getValue().mix().columns() <= SURPLUS * columns)
            .filter(e -> identities(e.getValue().plans()).containsAll(needed))
            .sorted(Comparator.comparingInt(e -> e.getValue().mix().columns()))
            .map(Map.Entry::getKey)
            .toList();
    for (Key other : others) {
      AdapterSet set = Optional.ofNullable(sets.get(other)).orElseThrow();
      BatchMix both =
          AdaptedBatch.mix(
              programs.base(), Stream.concat(plans.stream(), set.plans().stream()).toList());
      if (both.stackKey().equals(other.stack)) {
        return Optional.of(new Choice(set, both));
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
    List<Map.Entry<Key, AdapterSet>> unused = new ArrayList<>(sets.entrySet());
    unused.removeIf(entry -> used.contains(entry.getValue()));
    Collections.reverse(unused);
    long room = programs.base().weights().bytes() / SHARE;
    int merged = 0;
    int spare = 0;
    for (Map.Entry<Key, AdapterSet> entry : unused) {
      AdapterSet set = entry.getValue();
      boolean stays;
      if (set.merging()) {
        stays = merged++ == 0;
      } else {
        room -= set.bytes();
        stays = spare == 0 || (spare < SPARE && room >= 0);
        spare++;
      }
      if (!stays) {
        sets.remove(entry.getKey());
        set.close();
      }
    }
  }

  /** Lets all go of the cache, whose tensors will be others. */
  void release() {
    sets.values().forEach(AdapterSet::release);
  }

  @Override
  public void close() {
    sets.values().forEach(AdapterSet::close);
    sets.clear();
  }
}
