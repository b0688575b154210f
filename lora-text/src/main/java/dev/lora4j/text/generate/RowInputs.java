package dev.lora4j.text.generate;

import dev.lora4j.core.mix.BatchMix;
import dev.lora4j.core.mix.UnmergedAdapters;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.List;
import java.util.Map;

/** Inputs that tell a program the adapters of its rows. */
@FunctionalInterface
interface RowInputs {
  /** Inputs by name for rows that stand side by side. */
  Map<String, Tensor> of(Scope step, List<GenerationRow> rows);

  /**
   * The weights of stacked adapters in each row.
   *
   * @param mixes of the rows, in the order of the plans that {@code mix} begins with
   */
  static RowInputs stacked(BatchMix mix, List<RowMix> mixes) {
    if (mix.unmergedSites().isEmpty()) {
      return (step, rows) -> Map.of();
    }
    return (step, rows) -> {
      List<Integer> numbers = rows.stream().map(row -> mixes.indexOf(row.mix())).toList();
      Shape shape = Shape.of(rows.size(), mix.columns());
      Tensor weights = Tensor.of(step, shape, mix.weights(numbers, 0, 1));
      return Map.of(UnmergedAdapters.WEIGHTS, weights);
    };
  }
}
