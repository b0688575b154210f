package dev.lora4j.text.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;

/** Rows that come and go, by what is merged for them, and their places in a cache. */
final class RowGroups {
  private final SlotCache cache;
  private final AdapterSets sets;
  private final SlotLimits limits;
  private final List<RowGroup> groups = new ArrayList<>();
  private boolean changed;

  /** No rows yet. */
  RowGroups(SlotCache cache, AdapterSets sets, SlotLimits limits) {
    this.cache = cache;
    this.sets = sets;
    this.limits = limits;
  }

  /** Groups in the order of their slots. */
  List<RowGroup> all() {
    return List.copyOf(groups);
  }

  /** All rows. */
  List<GenerationRow> rows() {
    return groups.stream().flatMap(g -> g.rows().stream()).toList();
  }

  /** Returns true if there is room for these tokens beside the rows. */
  boolean fits(int tokens) {
    return limits.shape(cache.shape(), needed(1, tokens)).isPresent();
  }

  private CacheShape needed(int more, int tokens) {
    List<GenerationRow> rows = rows();
    int room = rows.stream().mapToInt(r -> r.request().room()).max().orElse(1);
    return new CacheShape(Math.max(1, rows.size() + more), Math.max(room, tokens));
  }

  /** Adds a row, whose prompt is not read yet. */
  void add(GenerationRow row) {
    groups.stream()
        .filter(g -> g.takes(row.mix()))
        .findFirst()
        .orElseGet(
            () -> {
              RowGroup group = new RowGroup(row.mix());
              groups.add(group);
              return group;
            })
        .rows()
        .add(row);
    changed = true;
  }

  /** Lets rows leave that are done. */
  void leave() {
    for (RowGroup group : groups) {
      changed |= group.rows().removeIf(GenerationRow::done);
    }
    groups.removeIf(group -> group.rows().isEmpty());
  }

  /** Gives rows slots and adapters, if any came or left. */
  void arrange() {
    if (changed) {
      place();
      List<AdapterSet> used = new ArrayList<>();
      boolean failed = false;
      for (RowGroup group : groups) {
        try {
          used.add(group.adapt(sets, cache.shape().rows()));
        } catch (CancellationException e) {
          throw e;
        } catch (RuntimeException e) {
          group.rows().forEach(row -> row.fail(e));
          failed = true;
        }
      }
      sets.retain(used);
      leave();
      changed = failed;
    }
  }

  private void place() {
    List<int[]> before = new ArrayList<>();
    for (RowGroup group : groups) {
      before.add(group.read().stream().mapToInt(GenerationRow::slot).toArray());
    }
    int[] joining = groups.stream().mapToInt(g -> g.joining().size()).toArray();
    List<SlotLayout> layout = SlotLayout.of(before, joining);
    int[] from = before.stream().flatMapToInt(Arrays::stream).toArray();
    int[] to = SlotLayout.slots(layout);
    CacheShape shape = limits.shape(cache.shape(), needed(0, 1)).orElseThrow();
    if (shape.equals(cache.shape())) {
      int[] moved = IntStream.range(0, to.length).filter(i -> from[i] != to[i]).toArray();
      cache.move(at(from, moved), at(to, moved));
    } else {
      sets.release();
      cache.resize(shape, from, to);
    }
    for (int i = 0; i < layout.size(); i++) {
      groups.get(i).place(layout.get(i));
    }
    cache.clearOthers(to);
  }

  private static int[] at(int[] values, int[] places) {
    return Arrays.stream(places).map(i -> values[i]).toArray();
  }
}
