package dev.lora4j.core.train.run;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.GradientProgram;
import dev.lora4j.core.train.GradientRun;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Gradients of a task, for a run that is elsewhere. For one thread at a time. */
final class TaskGradients {
  private final Scope scope;
  private final TrainingTask task;
  private final TrainingSettings settings;
  private final RunFactors factors;
  private final GradientRun run;

  /** Compiles the program. */
  TaskGradients(Scope scope, TrainingTask task, TrainingSettings settings) {
    this.scope = scope;
    this.task = task;
    this.settings = settings;
    factors = new RunFactors(scope, task, settings);
    TaskLoss staged = factors.staged();
    GradientProgram program =
        GradientProgram.compile(
            scope,
            staged.parameters(),
            staged.loss(),
            staged.measures(),
            settings.step(task.plan(), task.compute()).scaled());
    OptionalLong memory = task.weightsMemory();
    run =
        memory.isPresent()
            ? program.bind(scope, factors.layout(), factors.held(), memory.getAsLong())
            : program.bind(scope, factors.layout(), factors.held());
  }

  /** See {@link TrainingWorker#share}. */
  GradientShare share(SharedStep wanted, int from, int to) {
    task.restore(wanted.state());
    run.weights(wanted.weights());
    TrainedNumbers now = factors.now("trained", () -> floats(wanted.weights()), 1);
    task.before(wanted.first(), wanted.batches(), now);
    List<TrainingBatch> batches = task.batches(wanted.first(), wanted.batches(), now);
    if (batches.size() != wanted.batches()) {
      throw new IllegalStateException(
          "The task gave " + batches.size() + " batches for a step of " + wanted.batches() + ".");
    }
    double share = 1.0 / batches.size();
    List<GradientShare.Measured> measured = new ArrayList<>();
    // As TrainingRun has it: sums of several batches begin with 0, which keeps no negative zero.
    HostTensor sum = zeros(wanted.weights());
    for (int b = from; b < to; b++) {
      try (Scope inputs = scope.child("batch")) {
        TrainingBatch batch = batches.get(b);
        GradientRun.Gradient found =
            run.of(wanted.lossScale(), factors.inputs(inputs, wanted.first() + b, batch));
        sum =
            settings.accumulate() > 1
                ? GradientShare.added(sum, found.gradient(), share)
                : found.gradient();
        Map<String, Double> numbers = new LinkedHashMap<>(batch.measures());
        found.measures().forEach((name, n) -> numbers.put(name, (double) n));
        measured.add(new GradientShare.Measured(found.loss(), numbers));
      }
    }
    return new GradientShare(sum, measured);
  }

  /** The weights as {@link TrainedNumbers} have them, F64 ones rounded. */
  private static float[] floats(HostTensor weights) {
    double[] all = weights.doubles();
    float[] values = new float[all.length];
    for (int i = 0; i < all.length; i++) {
      values[i] = (float) all[i];
    }
    return values;
  }

  private static HostTensor zeros(HostTensor like) {
    int count = Math.toIntExact(like.shape().elements());
    return HostTensor.of(like.dtype(), like.shape(), new double[count]);
  }
}
