package dev.lora4j.bench.transformer;

import dev.lora4j.bench.Contender;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.TrainingState;
import dev.lora4j.core.train.TrainingStep;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;

/** Ours: the whole step as one program. */
public final class StagedStep implements Contender {
  /** Steps whose losses are compared: the first is before any step, the last after five. */
  static final int COMPARED = 6;

  private final Scope scope;
  private final TrainingRun run;
  private final List<Tensor> batch;

  /** Compiles it for the benchmark's inputs of this size. */
  public StagedStep(Engine engine, TransformerSize size) {
    this(engine, StepInputs.of(size));
  }

  StagedStep(Engine engine, StepInputs inputs) {
    this.scope = engine.scope("transformer-step");
    StepProgram program = new StepProgram(inputs.size());
    FlatLayout layout = program.factors(inputs.size().rank());
    TrainingStep step = program.compile(scope);
    TrainingState state = TrainingState.begin(scope, step, layout, flat(layout, inputs.factors()));
    Tensor scale = Tensor.of(scope, Shape.of(1, 1), (float) TrainedFactors.SCALE);
    this.run =
        step.bind(
            scope,
            state,
            layout,
            name -> {
              HostTensor weight = inputs.weights().get(name);
              return weight == null ? scale : weight.on(scope);
            });
    this.batch = List.of(inputs.x().on(scope), inputs.target().on(scope));
  }

  private static float[] flat(FlatLayout layout, Map<String, HostTensor> factors) {
    FloatBuffer flat = FloatBuffer.allocate(Math.toIntExact(layout.length()));
    factors.values().forEach(f -> flat.put(f.bytes().asFloatBuffer()));
    return flat.array();
  }

  /** Takes a step and returns the loss before it. */
  float step() {
    return run.step(StepProgram.RATE, batch).loss();
  }

  @Override
  public String name() {
    return "one program";
  }

  @Override
  public double[] check() {
    double[] losses = new double[COMPARED];
    for (int i = 0; i < losses.length; i++) {
      losses[i] = step();
    }
    return losses;
  }

  @Override
  public double[] run(int units) {
    return Contender.timed(units, this::step);
  }

  @Override
  public void close() {
    scope.close();
  }
}
