package dev.lora4j.core.mix;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The factors of the adapters of each row of a batch, for programs with {@link RowAdapters}. When a
 * row comes, its adapters are written to its slot, and the other rows stay as they are. Lower ranks
 * than there is room for are filled up by zeros, which add exactly 0.
 *
 * <p>The mixes here are those of single rows: each has one plan, with nothing merged.
 *
 * <p>For one thread, as nothing may run that reads a slot while it is written.
 */
public final class RowFactors implements AutoCloseable {
  private final Scope scope;
  private final MergedParameter patch;
  private final RowPrograms programs;
  private final List<Site> sites;
  private final RowLayout layout;
  private final int rank;
  private final int slots;
  private final Map<String, Tensor> tensors;
  private final Map<Program, HeldInputs> held = new HashMap<>();

  /**
   * Slots without adapters.
   *
   * @param parent owner of the slots
   * @param type of the factors
   * @param rows mixes of which each is to have room
   */
  public RowFactors(
      Scope parent, MergedParameter patch, DType type, Collection<BatchMix> rows, int slots) {
    this.patch = patch;
    this.programs = patch.programs().rows(type);
    this.slots = slots;
    SortedMap<String, Site> all = new TreeMap<>();
    rows.forEach(row -> all.putAll(row.rowShape().sites()));
    this.sites = List.copyOf(all.values());
    this.layout = RowLayout.of(sites);
    this.rank = rows.stream().mapToInt(RowFactors::rank).max().orElse(0);
    this.scope = parent.child("row factors");
    try (Scope work = scope.child("empty")) {
      List<Tensor> empty =
          programs
              .empty()
              .run(
                  scope,
                  sized(work, slots),
                  sized(work, rank),
                  sized(work, layout.numbers()),
                  sized(work, sites.size()));
      tensors = Map.of(RowAdapters.FACTORS, empty.get(0), RowAdapters.SCALES, empty.get(1));
    } catch (RuntimeException | Error e) {
      scope.close();
      throw e;
    }
  }

  /**
   * Returns true if a row's adapters can be in a slot: they are beside linear layers alone, and
   * have no routers.
   */
  public static boolean suits(BatchMix row) {
    return row.rowShape().linear() && !row.rowShape().routed();
  }

  /** The most directions that the adapters of a row have at a site. */
  public static int rank(BatchMix row) {
    return row.rowShape().rank();
  }

  /** Returns true if there is room in a slot for the adapters of a row. */
  public boolean takes(BatchMix row) {
    return rank(row) <= rank && layout.has(row.rowShape().sites().keySet());
  }

  /** Linear layers that rows may have adapters at, in the order of the slots' numbers. */
  public List<Site> sites() {
    return sites;
  }

  /** Directions of each slot at each site. */
  public int rank() {
    return rank;
  }

  /** Number of slots. */
  public int slots() {
    return slots;
  }

  /** Writes the adapters of a row, with their weights in the first step, to a slot. */
  public void write(int slot, BatchMix row) {
    scope.engine().together(() -> written(slot, row));
  }

  private List<Tensor> written(int slot, BatchMix row) {
    try (Scope work = scope.child("write")) {
      RowContent content = RowContent.of(work, patch, layout, rank, row);
      Program program = programs.write(content.type());
      return program.run(
          work,
          hold(program),
          List.of(
              Tensor.ofLongs(work, Shape.of(1), slot),
              Tensor.of(
                  work, content.type(), Shape.of(1, rank, layout.numbers()), content.numbers()),
              Tensor.of(work, Shape.of(1, sites.size(), rank), content.scales())));
    }
  }

  /**
   * Copies slots to others, all at once.
   *
   * @param from slots that are copied
   * @param to a slot for each of them
   */
  public void copy(int[] from, int[] to) {
    scope.engine().together(() -> copied(from, to));
  }

  private List<Tensor> copied(int[] from, int[] to) {
    try (Scope work = scope.child("copy")) {
      Program program = programs.copy();
      return program.run(work, hold(program), List.of(longs(work, from), longs(work, to)));
    }
  }

  private HeldInputs hold(Program program) {
    return held.computeIfAbsent(
        program, p -> p.hold(scope, name -> Optional.ofNullable(tensors.get(name)).orElseThrow()));
  }

  /** Tensors by the names of a program's held inputs; the same ones as long as this is open. */
  public Map<String, Tensor> tensors() {
    return tensors;
  }

  /**
   * Inputs of a program with {@link RowAdapters}.
   *
   * @param first slot of its first row
   */
  public Map<String, Tensor> inputs(Scope work, int first) {
    return Map.of(RowAdapters.BEFORE, sized(work, first));
  }

  private static Tensor longs(Scope work, int... values) {
    return Tensor.ofLongs(
        work, Shape.of(values.length), Arrays.stream(values).asLongStream().toArray());
  }

  /** A tensor of which the size counts. */
  private static Tensor sized(Scope work, int size) {
    return Tensor.ofLongs(work, Shape.of(size), new long[size]);
  }

  @Override
  public void close() {
    scope.close();
  }
}
