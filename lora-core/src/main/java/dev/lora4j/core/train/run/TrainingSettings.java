package dev.lora4j.core.train.run;

import dev.lora4j.core.adapter.training.ProductTraining;
import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.MaxNorm;
import dev.lora4j.core.train.StepSettings;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.core.train.schedule.RateSchedule;
import java.util.OptionalDouble;

/**
 * Settings for training an adapter, independent of the data.
 *
 * @param optimizer the rule by which weights change
 * @param rate the learning rate at its highest
 * @param schedule course of the rate over the steps; its length is the number of steps
 * @param accumulate batches whose gradients are added up for one step
 * @param clip greatest norm of the whole gradient; 0 for any
 * @param averageDecay share that a moving average of the factors keeps of itself; 0 for none
 * @param maxNorm greatest norm of the change of a layer's weight
 * @param seed of everything random
 * @param stored the type that factors are stored in
 */
public record TrainingSettings(
    Optimizer optimizer,
    double rate,
    RateSchedule schedule,
    int accumulate,
    double clip,
    double averageDecay,
    OptionalDouble maxNorm,
    long seed,
    DType stored)
    implements Canonical {

  /** Checks the ranges. */
  public TrainingSettings {
    require(
        rate > 0 && rate < Double.POSITIVE_INFINITY,
        "the learning rate must be above 0, found " + rate);
    require(accumulate >= 1, "a step has at least 1 batch, found " + accumulate);
    require(clip >= 0, "the greatest norm of the gradient must not be negative, found " + clip);
    require(
        averageDecay >= 0 && averageDecay < 1,
        "the average's decay must be in [0, 1), found " + averageDecay);
    require(
        maxNorm.isEmpty() || maxNorm.getAsDouble() > 0,
        "the greatest norm of a layer's change must be above 0, found " + maxNorm);
    require(
        stored == DType.F32 || stored == DType.F16 || stored == DType.BF16,
        "factors are stored as F32, F16 or BF16, found " + stored);
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }

  /**
   * Settings with one batch for a step, gradients clipped to a norm of 1, no average, seed 0,
   * stored as F16.
   */
  public static TrainingSettings of(Optimizer optimizer, double rate, RateSchedule schedule) {
    return new TrainingSettings(
        optimizer, rate, schedule, 1, 1, 0, OptionalDouble.empty(), 0, DType.F16);
  }

  /** Changes of the weights. */
  public int steps() {
    return Math.toIntExact(schedule.steps());
  }

  /** The learning rate of a step, from 0. */
  public double rate(long step) {
    return rate * schedule.factor(step);
  }

  /**
   * Checks that these settings fit a plan, before any expensive work.
   *
   * @throws IllegalArgumentException if they do not
   * @throws dev.lora4j.core.tensor.TensorException likewise
   */
  public void requireFits(AdapterPlan plan) {
    plan.requireSize();
    step(plan, DType.F32); // refuses an average of averages
    require(
        averageDecay == 0 || plan.rule(steps()).isEmpty(),
        "a moving average of the factors (ema_decay) would bring back what the method "
            + plan.recipe().method().name()
            + " takes away between steps; take one of them away.");
    plan.directions(steps()).ifPresent(rule -> ScheduleRestarts.require(rule, schedule));
    if (maxNorm.isEmpty()) {
      return;
    }
    MaxNorm.requireFits(optimizer);
    require(
        plan.recipe().method() instanceof ProductTraining,
        "max_norm (scale_weight_norms) is for methods whose change of a weight is a product of what"
            + " is trained, such as lora, loha and lokr; take it away from "
            + plan.recipe().method().name()
            + ".");
    require(
        !plan.anchored(),
        "max_norm (scale_weight_norms) measures up * down, which is not what is added to a layer"
            + " where factors begin with the base's weight (init = "
            + plan.recipe().start()
            + "); take one of them away.");
  }

  /** Settings of a step, except the loss, for a model that computes in {@code type}. */
  StepSettings step(AdapterPlan plan, DType type) {
    StepSettings how =
        StepSettings.of(optimizer(plan), clip).averaging(averageDecay).computedIn(type);
    return accumulate > 1 ? how.accumulating() : how;
  }

  /**
   * The optimizer with what the plan's method changes after each of its steps.
   *
   * @throws IllegalArgumentException if the method cannot be trained in so many steps
   */
  public Optimizer optimizer(AdapterPlan plan) {
    return plan.optimizer(optimizer, steps());
  }

  /** A copy with another optimizer. */
  public TrainingSettings withOptimizer(Optimizer other) {
    TrainingDraft draft = new TrainingDraft(this);
    draft.optimizer = other;
    return draft.settings();
  }

  /** A copy with another learning rate. */
  public TrainingSettings withRate(double other) {
    TrainingDraft draft = new TrainingDraft(this);
    draft.rate = other;
    return draft.settings();
  }

  /** A copy with another course of the rate, and number of steps. */
  public TrainingSettings withSchedule(RateSchedule other) {
    TrainingDraft draft = new TrainingDraft(this);
    draft.schedule = other;
    return draft.settings();
  }

  /** A copy with gradients of so many batches added up for one step. */
  public TrainingSettings withAccumulation(int batches) {
    TrainingDraft draft = new TrainingDraft(this);
    draft.accumulate = batches;
    return draft.settings();
  }

  /** A copy with gradients clipped to another norm; 0 for any. */
  public TrainingSettings withClip(double norm) {
    TrainingDraft draft = new TrainingDraft(this);
    draft.clip = norm;
    return draft.settings();
  }

  /** A copy whose factors are a moving average that keeps this share of itself; 0 for none. */
  public TrainingSettings withAverage(double decay) {
    TrainingDraft draft = new TrainingDraft(this);
    draft.averageDecay = decay;
    return draft.settings();
  }

  /** A copy with a greatest norm of the change of each layer's weight. */
  public TrainingSettings withMaxNorm(double norm) {
    TrainingDraft draft = new TrainingDraft(this);
    draft.maxNorm = OptionalDouble.of(norm);
    return draft.settings();
  }

  /** A copy with another seed. */
  public TrainingSettings withSeed(long other) {
    TrainingDraft draft = new TrainingDraft(this);
    draft.seed = other;
    return draft.settings();
  }

  /** A copy with factors stored in another type. */
  public TrainingSettings withStored(DType other) {
    TrainingDraft draft = new TrainingDraft(this);
    draft.stored = other;
    return draft.settings();
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("TrainingSettings")
        .with("optimizer", optimizer)
        .with("rate", rate)
        .with("schedule", schedule)
        .with("accumulate", accumulate)
        .with("clip", clip)
        .with("averageDecay", averageDecay)
        .with("maxNorm", maxNorm)
        .with("seed", seed)
        .with("stored", stored)
        .text();
  }
}
