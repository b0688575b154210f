package dev.lora4j.core.train.run;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The validation loss; two values differ by the factors alone. */
final class ValidationLoss {
  private final List<TrainingBatch> batches;
  private final Program program;
  private final FlatLayout layout;

  private ValidationLoss(List<TrainingBatch> batches, Program program, FlatLayout layout) {
    this.batches = batches;
    this.program = program;
    this.layout = layout;
  }

  /** Compiles it, if the task holds anything out. */
  static Optional<ValidationLoss> of(Scope scope, TrainingTask task) {
    List<TrainingBatch> batches = task.heldOut();
    if (batches.isEmpty()) {
      return Optional.empty();
    }
    TaskLoss staged = Staging.of(task, Staging.Purpose.VALIDATION);
    Program program = staged.parameters().graph().training(scope, List.of(staged.loss().detach()));
    return Optional.of(new ValidationLoss(batches, program, staged.factors().layout()));
  }

  /**
   * The mean over all batches, by their weights.
   *
   * @param weights the flat buffer of factors to judge
   * @param frozen the program's other held tensors
   */
  double of(Scope scope, Tensor weights, Function<String, Tensor> frozen) {
    double sum = 0;
    double all = 0;
    try (Scope work = scope.child("validation")) {
      HeldInputs held =
          program.hold(
              work,
              name ->
                  layout
                      .slot(name)
                      .map(s -> weights.view(work, s.offset(), s.parameter().shape()))
                      .orElseGet(() -> frozen.apply(name)));
      for (TrainingBatch batch : batches) {
        try (Scope one = work.child("batch")) {
          double loss = program.run(one, held, batch.inputs(one)).get(0).floats()[0];
          sum += batch.weight() * loss;
          all += batch.weight();
        }
      }
    }
    return sum / all;
  }
}
