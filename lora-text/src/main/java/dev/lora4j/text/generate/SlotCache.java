package dev.lora4j.text.generate;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.text.network.CacheSize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Key-value cache with a slot for each row. A free slot holds nothing but 0: what a row leaves
 * behind a later one would not attend to, but a number that is not finite would reach it through
 * the mask.
 *
 * <p>For one thread. Owned by the scope that it was made in.
 */
final class SlotCache {
  private final Scope scope;
  private final SlotPrograms programs;
  private final long tokenBytes;
  private CacheShape shape = new CacheShape(1, 1);
  private SortedMap<String, Tensor> parts;
  private Map<Program, HeldInputs> held = new HashMap<>();

  /** Tokens of each slot, behind which all is 0. */
  private int[] used = new int[1];

  SlotCache(Scope scope, SlotPrograms programs, CacheSize size, DType type) {
    this.scope = scope;
    this.programs = programs;
    this.tokenBytes = 2L * size.layers() * type.bytes((long) size.heads() * size.width());
    this.parts = new TreeMap<>(KeyValueCache.of(scope, size, type, 1, 1).tensors());
  }

  CacheShape shape() {
    return shape;
  }

  /** Bytes of a token's keys and values. */
  long tokenBytes() {
    return tokenBytes;
  }

  /** Bytes of all slots. */
  long bytes() {
    return tokenBytes * shape.rows() * shape.room();
  }

  /** Keys and values by the names of a program's held inputs, until the next {@link #resize}. */
  Map<String, Tensor> tensors() {
    return parts;
  }

  /** Notes that the first tokens of a slot are written. */
  void write(int slot, int tokens) {
    used[slot] = Math.max(used[slot], tokens);
  }

  /** Copies slots to others; those that are left keep what they hold. */
  void move(int[] from, int[] to) {
    if (from.length > 0) {
      int tokens = Math.max(most(from), most(to));
      try (Scope work = scope.child("move")) {
        run(
            work,
            programs.move(),
            Map.of(
                SlotPrograms.FROM, longs(work, from),
                SlotPrograms.TO, longs(work, to),
                SlotPrograms.TOKENS, size(work, tokens)));
      }
      int[] before = used.clone();
      for (int i = 0; i < from.length; i++) {
        used[to[i]] = before[from[i]];
      }
    }
  }

  /** Fills all slots but these with 0. */
  void clearOthers(int[] live) {
    int[] dirty =
        IntStream.range(0, used.length)
            .filter(slot -> used[slot] > 0 && Arrays.stream(live).noneMatch(l -> l == slot))
            .toArray();
    if (dirty.length > 0) {
      try (Scope work = scope.child("clear")) {
        run(
            work,
            programs.clear(),
            Map.of(
                SlotPrograms.TO, longs(work, dirty),
                SlotPrograms.TOKENS, size(work, most(dirty))));
      }
      Arrays.stream(dirty).forEach(slot -> used[slot] = 0);
    }
  }

  /** A copy of tokens of a slot, [parts, heads, tokens, width]. */
  Tensor block(int slot, int before, int tokens) {
    try (Scope work = scope.child("block")) {
      Map<String, Tensor> data =
          Map.of(
              SlotPrograms.FROM, longs(work, slot),
              SlotPrograms.BEFORE, size(work, before),
              SlotPrograms.TOKENS, size(work, tokens));
      return run(work, programs.save(), data).get(0).moveTo(scope);
    }
  }

  /** Writes a {@link #block} to tokens of a slot. */
  void load(int slot, int before, Tensor block) {
    write(slot, before + Math.toIntExact(block.shape().size(2)));
    try (Scope work = scope.child("block")) {
      Map<String, Tensor> data =
          Map.of(
              SlotPrograms.TO, longs(work, slot),
              SlotPrograms.BEFORE, size(work, before),
              SlotPrograms.BLOCK, block);
      run(work, programs.load(), data);
    }
  }

  /**
   * Gives the cache another shape. Programs that hold its tensors have to let go of them before.
   *
   * @param from slots that stay
   * @param to their new slots
   */
  void resize(CacheShape other, int[] from, int[] to) {
    held.values().forEach(HeldInputs::close);
    held = new HashMap<>();
    int tokens = most(from);
    SortedMap<String, Tensor> resized = new TreeMap<>();
    try (Scope work = scope.child("resize")) {
      Map<String, Tensor> data = new HashMap<>();
      data.put(SlotPrograms.FROM, longs(work, from));
      data.put(SlotPrograms.TO, longs(work, to));
      data.put(SlotPrograms.TOKENS, size(work, tokens));
      data.put(SlotPrograms.SLOTS, size(work, other.rows()));
      data.put(SlotPrograms.ROOM, size(work, other.room()));
      for (Map.Entry<String, Tensor> part : parts.entrySet()) {
        data.put(SlotPrograms.PART, part.getValue());
        resized.put(part.getKey(), programs.resize().run(work, data).get(0));
      }
      resized.values().forEach(t -> t.moveTo(scope));
    }
    parts.values().forEach(Tensor::close);
    parts = resized;
    int[] before = used;
    shape = other;
    used = new int[other.rows()];
    for (int i = 0; i < from.length; i++) {
      used[to[i]] = before[from[i]];
    }
  }

  private List<Tensor> run(Scope work, Program program, Map<String, Tensor> data) {
    HeldInputs all =
        held.computeIfAbsent(program, p -> p.hold(scope, new ArrayList<>(parts.values())));
    return program.run(work, all, data);
  }

  private int most(int[] slots) {
    return Arrays.stream(slots).map(slot -> used[slot]).max().orElse(0);
  }

  private static Tensor longs(Scope work, int... values) {
    long[] all = Arrays.stream(values).asLongStream().toArray();
    return Tensor.ofLongs(work, Shape.of(all.length), all);
  }

  private static Tensor size(Scope work, int size) {
    return Tensor.ofLongs(work, Shape.of(size), new long[size]);
  }
}
