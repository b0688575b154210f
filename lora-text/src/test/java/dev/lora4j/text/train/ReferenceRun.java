package dev.lora4j.text.train;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.StepSettings;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.TrainingState;
import dev.lora4j.core.train.TrainingStep;
import dev.lora4j.core.train.optimizer.AdamW;
import dev.lora4j.core.train.run.TaskLoss;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Steps of AdamW as the scripts make them with torch: a rate of 1e-2, a decay of weights of 1e-2,
 * and gradients cut to a norm of 1.
 *
 * @param layout of the factors
 */
record ReferenceRun(FlatLayout layout, TrainingState state, TrainingRun run)
    implements AutoCloseable {
  private static final double RATE = 1e-2;

  /**
   * Begins a run.
   *
   * @param start gives the factors to begin with
   */
  static ReferenceRun of(Scope scope, SequenceTask task, Function<FlatLayout, float[]> start) {
    TaskLoss program = ReferenceModel.staged(task);
    FlatLayout layout = program.factors().layout();
    float[] factors = start.apply(layout);
    TrainingStep step =
        TrainingStep.compile(
            scope,
            program.parameters(),
            program.loss(),
            program.measures(),
            StepSettings.of(new AdamW(0.9, 0.999, 1e-8, 1e-2), 1));
    TrainingState state = TrainingState.begin(scope, step, layout, factors);
    Map<String, Tensor> own = program.factors().held(scope, factors);
    TrainingRun run =
        step.bind(
            scope,
            state,
            layout,
            name -> Optional.ofNullable(own.get(name)).orElseGet(() -> task.held(name)));
    return new ReferenceRun(layout, state, run);
  }

  /** Takes a step on a batch. */
  TrainingRun.Outcome step(List<Tensor> batch) {
    return run.step(RATE, batch);
  }

  /** The factors as they are. */
  double[] trained() {
    return HostTensor.of(state.weights()).doubles();
  }

  @Override
  public void close() {
    run.close();
  }
}
