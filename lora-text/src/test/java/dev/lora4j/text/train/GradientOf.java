package dev.lora4j.text.train;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.core.train.run.TrainingTask;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Loss and gradient of a staged task for factors that stay as they are. */
final class GradientOf {
  private final Scope scope;
  private final Program program;
  private final HeldInputs held;
  private List<Tensor> found = List.of();

  private GradientOf(Scope scope, Program program, HeldInputs held) {
    this.scope = scope;
    this.program = program;
    this.held = held;
  }

  static GradientOf of(
      Scope scope, TaskLoss staged, TrainingTask task, FlatLayout layout, float[] factors) {
    Expr loss = staged.loss();
    List<Expr> outputs = List.of(loss.detach(), staged.parameters().gradient(loss));
    Program program = staged.parameters().graph().training(scope, outputs);
    Tensor flat =
        HostTensor.of(Shape.of(factors.length), factors).on(scope, staged.parameters().type());
    Map<String, Tensor> own = staged.factors().held(scope, factors);
    HeldInputs held =
        program.hold(
            scope,
            name ->
                layout
                    .slot(name)
                    .map(s -> flat.view(scope, s.offset(), s.parameter().shape()))
                    .or(() -> Optional.ofNullable(own.get(name)))
                    .orElseGet(() -> task.held(name)));
    return new GradientOf(scope, program, held);
  }

  void run(List<Tensor> batch) {
    found = program.run(scope, held, batch);
  }

  double loss() {
    return HostTensor.of(found.get(0)).doubles()[0];
  }

  double[] values() {
    return HostTensor.of(found.get(1)).doubles();
  }
}
