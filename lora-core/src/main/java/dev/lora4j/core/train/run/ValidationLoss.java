package dev.lora4j.core.train.run;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The validation loss, with what a task measures beside it; two values differ by the factors. */
final class ValidationLoss {
  /**
   * Means over all batches, by their weights.
   *
   * @param measures by their names, in order
   */
  record Means(double loss, Map<String, Double> measures) {}

  private final TrainingTask task;
  private final List<TrainingBatch> batches;
  private final Program program;
  private final FlatLayout layout;
  private final List<String> measures;

  private ValidationLoss(
      TrainingTask task,
      List<TrainingBatch> batches,
      Program program,
      FlatLayout layout,
      List<String> measures) {
    this.task = task;
    this.batches = batches;
    this.program = program;
    this.layout = layout;
    this.measures = measures;
  }

  /** Compiles it, if the task holds anything out. */
  static Optional<ValidationLoss> of(Scope scope, TrainingTask task) {
    List<TrainingBatch> batches = task.heldOut();
    if (batches.isEmpty()) {
      return Optional.empty();
    }
    TaskLoss staged = Staging.of(task, Staging.Purpose.VALIDATION);
    List<Expr> told = new ArrayList<>(List.of(staged.loss().detach()));
    told.addAll(staged.measures().values());
    Program program = staged.parameters().graph().training(scope, told);
    List<String> names = List.copyOf(staged.measures().keySet());
    return Optional.of(
        new ValidationLoss(task, batches, program, staged.factors().layout(), names));
  }

  /**
   * The means over all batches.
   *
   * @param weights the flat buffer of factors to judge
   * @param frozen the program's other held tensors
   */
  Means of(Scope scope, Tensor weights, Function<String, Tensor> frozen) {
    double[] sums = new double[1 + measures.size()];
    double all = 0;
    try (Scope work = scope.child("validation")) {
      HeldInputs held =
          task.hold(
              work,
              program,
              name ->
                  layout
                      .slot(name)
                      .map(s -> weights.view(work, s.offset(), s.parameter().shape()))
                      .orElseGet(() -> frozen.apply(name)));
      for (TrainingBatch batch : batches) {
        try (Scope one = work.child("batch")) {
          List<Tensor> told = program.run(one, held, batch.inputs(one));
          for (int i = 0; i < sums.length; i++) {
            sums[i] += batch.weight() * told.get(i).floats()[0];
          }
          all += batch.weight();
        }
      }
    }
    Map<String, Double> means = new LinkedHashMap<>();
    for (int i = 0; i < measures.size(); i++) {
      means.put(measures.get(i), sums[1 + i] / all);
    }
    return new Means(sums[0] / all, means);
  }
}
