package dev.lora4j.text.generate;

import dev.lora4j.core.mix.BatchMix;
import dev.lora4j.core.mix.RowFactors;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** Adapters of rows that come and go, none of them merged. Those of each row are in its slot. */
final class RowAdapterSet extends AdapterSet {
  /** How many times the rank of its rows there may be room for. */
  private static final int SURPLUS = 2;

  private final TextPrograms programs;
  private final RowFactors factors;

  /** What was written to each slot. */
  private final List<Optional<MixContent>> written = new ArrayList<>();

  /**
   * Slots without adapters.
   *
   * @param parent owner of what it makes
   * @param rows mixes of which each is to have room
   */
  RowAdapterSet(Scope parent, TextPrograms programs, List<RowMix> rows, int slots) {
    super(parent.child("adapters"), programs.base());
    this.programs = programs;
    try {
      List<BatchMix> mixes = rows.stream().map(RowMix::alone).toList();
      factors = new RowFactors(scope(), programs.patch(), programs.base().compute(), mixes, slots);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
    for (int slot = 0; slot < slots; slot++) {
      written.add(Optional.empty());
    }
  }

  /** Returns true if it has as many slots, and these have room for some mixes and not much more. */
  boolean takes(List<RowMix> rows, int slots) {
    int rank = rows.stream().mapToInt(row -> RowFactors.rank(row.alone())).max().orElse(0);
    return slots == factors.slots()
        && factors.rank() <= SURPLUS * rank
        && rows.stream().allMatch(row -> factors.takes(row.alone()));
  }

  /** Puts the adapters of rows into their slots, where they are not already. */
  void put(List<GenerationRow> rows) {
    List<GenerationRow> missing = new ArrayList<>();
    List<int[]> copied = new ArrayList<>();
    for (GenerationRow row : rows) {
      Optional<MixContent> content = Optional.of(row.mix().content());
      if (!written.get(row.slot()).equals(content)) {
        int there = written.indexOf(content);
        if (there < 0) {
          missing.add(row);
        } else {
          copied.add(new int[] {there, row.slot()});
        }
      }
    }
    copy(copied);
    missing.forEach(this::write);
  }

  /** All at once, as a slot that is copied may be written to as well. */
  private void copy(List<int[]> moves) {
    if (moves.isEmpty()) {
      return;
    }
    List<Optional<MixContent>> before = List.copyOf(written);
    moves.forEach(move -> written.set(move[1], Optional.empty()));
    factors.copy(
        moves.stream().mapToInt(move -> move[0]).toArray(),
        moves.stream().mapToInt(move -> move[1]).toArray());
    moves.forEach(move -> written.set(move[1], before.get(move[0])));
  }

  private void write(GenerationRow row) {
    // Half a write is none of the two.
    written.set(row.slot(), Optional.empty());
    factors.write(row.slot(), row.mix().alone());
    written.set(row.slot(), Optional.of(row.mix().content()));
  }

  /** Inputs of a program for rows that stand side by side. */
  Map<String, Tensor> inputs(Scope step, List<GenerationRow> rows) {
    return factors.inputs(step, rows.get(0).slot());
  }

  @Override
  Network program(String kind, BiFunction<Graph, Weights, List<Expr>> staging) {
    return programs.rowProgram(kind, factors.sites(), staging);
  }

  @Override
  boolean merging() {
    return false;
  }

  @Override
  Map<String, Tensor> factors() {
    return factors.tensors();
  }

  @Override
  Map<String, Tensor> merged() {
    return Map.of();
  }
}
