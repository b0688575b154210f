package dev.lora4j.bench.text;

import dev.lora4j.bench.Contender;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.run.AdapterStep;
import dev.lora4j.core.train.run.TrainingTask;
import dev.lora4j.text.train.TextTrainingSettings;
import java.util.List;
import java.util.function.Function;

/** Ours: steps of training factors on one batch. */
public final class OurTrainingStep implements Contender {
  /** Learning rate. */
  static final double RATE = 1e-4;

  private final Scope model;
  private final TrainingRun run;
  private final List<Tensor> batch;
  private final Function<TrainingRun.Outcome, double[]> compared;

  /**
   * A step whose loss is compared.
   *
   * @param model owner of the model, which is closed with this
   */
  public OurTrainingStep(Scope model, TrainingTask task, TextTrainingSettings settings) {
    this(model, task, settings, first -> new double[] {first.loss()});
  }

  /**
   * A step.
   *
   * @param model owner of the model, which is closed with this
   * @param compared what is compared of the first step, before which the factors' product is 0
   */
  OurTrainingStep(
      Scope model,
      TrainingTask task,
      TextTrainingSettings settings,
      Function<TrainingRun.Outcome, double[]> compared) {
    this.model = model;
    this.compared = compared;
    Scope scope = model.child("step");
    AdapterStep step = new AdapterStep(scope, task, settings.training());
    run = step.bind(scope, step.begin(scope));
    batch = step.inputs(scope, 0, task.batches(0, 1).get(0));
  }

  private TrainingRun.Outcome step() {
    return run.step(RATE, batch);
  }

  @Override
  public String name() {
    return "ours";
  }

  @Override
  public double[] check() {
    return compared.apply(step());
  }

  @Override
  public double[] run(int units) {
    return Contender.timed(units, this::step);
  }

  @Override
  public void close() {
    model.close();
  }
}
