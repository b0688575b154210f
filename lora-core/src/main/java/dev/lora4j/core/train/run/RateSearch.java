package dev.lora4j.core.train.run;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.TrainingState;
import dev.lora4j.core.train.schedule.Constant;
import dev.lora4j.core.train.schedule.RateSchedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Short trainings that differ in learning rate and scale alone: they share the program, the frozen
 * weights, the first factors and every batch with its draws, so that their losses can be compared.
 * For one thread, that of {@link InterruptibleTask#run}.
 */
public final class RateSearch {
  /**
   * What is tried.
   *
   * @param rate learning rate, constant over the steps
   * @param scale factor of the adapter's alpha
   */
  public record Setting(double rate, double scale) {}

  /**
   * Number of each step by which trainings are compared.
   *
   * @param measure its name among the measures of a step; empty for the loss
   * @param greater whether more of it is better
   * @param bounded whether numbers far above the first are those of no training any more
   */
  public record Compared(Optional<String> measure, boolean greater, boolean bounded) {
    /** The loss. */
    public static final Compared LOSS = new Compared(Optional.empty(), false, true);

    /** The number of a step; NaN if it has none. */
    float of(RunListener.Step step) {
      return measure
          .map(name -> step.measures().getOrDefault(name, Double.NaN).floatValue())
          .orElse(step.loss());
    }
  }

  /**
   * A short training.
   *
   * @param losses of its steps, or other numbers that trainings are compared by; fewer than were
   *     asked for if it left all bounds
   * @param validation loss on what is held out after the last step, if anything is
   */
  public record Trial(
      Setting setting, List<Float> losses, OptionalDouble validation, Compared compared) {
    /** Copies the losses. */
    public Trial {
      losses = List.copyOf(losses);
    }

    /**
     * Number that trials are compared by, less is better: {@link #value}, negative where more of it
     * is better; infinite for a training that left all bounds, or of which nothing is known.
     */
    public double score() {
      double value = diverged() ? Double.NaN : value();
      return Double.isNaN(value) ? Double.POSITIVE_INFINITY : compared.greater() ? -value : value;
    }

    /**
     * The validation loss, or without one the mean of the last quarter of the numbers; NaN if there
     * is none.
     */
    public double value() {
      return validation.orElseGet(() -> mean(losses.subList(losses.size() * 3 / 4, losses.size())));
    }

    /** Returns true if its loss is no number, or ended far above where it began. */
    public boolean diverged() {
      return losses.isEmpty() || (compared.bounded() && beyond(losses));
    }
  }

  /** The settings that a search tries, round by round. */
  @FunctionalInterface
  public interface Course {
    /**
     * The next round; none ends the search.
     *
     * @param trials all that were done
     */
    List<Setting> next(List<Trial> trials);
  }

  /** Listener of a search. */
  @FunctionalInterface
  public interface Listener {
    /**
     * A step was taken.
     *
     * @param trial number of the trial, from 0
     */
    void step(int trial, Setting setting, RunListener.Step step);
  }

  /** A loss this many times that of the base is no training any more. */
  private static final double FAR = 4;

  /** Losses whose mean is compared: a single one depends on its draws. */
  private static final int FEW = 4;

  private final Scope scope;
  private final TrainingTask task;
  private final TrainingSettings settings;
  private final InterruptibleTask sign;
  private final AdapterStep step;
  private final Optional<ValidationLoss> validation;
  private final Compared compared;

  /**
   * Compiles the step that all trials share.
   *
   * @param owner of all that the search needs
   * @param steps of each trial, at least 1
   * @throws IllegalArgumentException if the settings do not fit the plan's method
   */
  public RateSearch(
      Scope owner,
      TrainingTask task,
      TrainingSettings settings,
      int steps,
      InterruptibleTask sign) {
    scope = owner.child("search");
    this.task = task;
    this.settings = settings.withSchedule(RateSchedule.of(new Constant(), steps));
    this.sign = sign;
    step = new AdapterStep(scope, task, this.settings);
    validation = ValidationLoss.of(scope, task);
    compared = task.compared();
  }

  /**
   * Trains once for each setting, in order.
   *
   * @return the trials that were done; fewer than there are settings after a request to stop
   */
  public List<Trial> run(Course course, Listener listener) {
    List<Trial> trials = new ArrayList<>();
    List<Setting> round = course.next(List.of());
    while (!round.isEmpty()) {
      for (Setting setting : round) {
        Optional<Trial> trial = trial(setting, trials.size(), listener);
        if (trial.isEmpty()) {
          return trials;
        }
        trials.add(trial.get());
      }
      round = course.next(List.copyOf(trials));
    }
    return trials;
  }

  private Optional<Trial> trial(Setting setting, int number, Listener listener) {
    try (Scope work = scope.child("trial")) {
      TrainingSettings own = settings.withRate(setting.rate());
      StepRunner taker =
          new StepRunner(
              work, task, own, step, new LocalCourse(work, task, own, step), RunListener.NONE);
      TrainingState state = step.begin(work);
      List<Float> losses = new ArrayList<>();
      try (TrainingRun run = step.bind(work, state, setting.scale())) {
        for (int i = 0; i < own.steps(); i++) {
          if (sign.stopRequested()) {
            return Optional.empty();
          }
          Optional<RunListener.Step> taken = take(taker, run, i, setting);
          boolean finite = taken.isPresent() && Float.isFinite(taken.get().loss());
          if (taken.isEmpty() || (!finite && !compared.bounded())) {
            return Optional.of(trial(setting, List.of(), OptionalDouble.empty()));
          }
          losses.add(compared.of(taken.get()));
          sign.call(() -> listener.step(number, setting, taken.get()));
          if (compared.bounded() && beyond(losses)) {
            return Optional.of(trial(setting, losses, OptionalDouble.empty()));
          }
        }
      }
      return Optional.of(trial(setting, losses, validated(work, state, setting)));
    }
  }

  private Trial trial(Setting setting, List<Float> losses, OptionalDouble validation) {
    return new Trial(setting, losses, validation, compared);
  }

  /** A step; none if too many in a row had a gradient that is not finite. */
  private Optional<RunListener.Step> take(
      StepRunner taker, TrainingRun run, int number, Setting setting) {
    try {
      return Optional.of(taker.step(run, number, step.now("trial", run.state(), setting.scale())));
    } catch (TrainingFailure e) {
      return Optional.empty();
    }
  }

  private OptionalDouble validated(Scope work, TrainingState state, Setting setting) {
    if (validation.isEmpty()) {
      return OptionalDouble.empty();
    }
    Tensor weights = state.evaluationWeights(work);
    return OptionalDouble.of(
        validation.get().of(work, weights, step.held(work, setting.scale())).loss());
  }

  private static boolean beyond(List<Float> losses) {
    float last = losses.get(losses.size() - 1);
    if (!Float.isFinite(last)) {
      return true;
    }
    return losses.size() > FEW
        && mean(losses.subList(losses.size() - FEW, losses.size())) > FAR * losses.get(0);
  }

  private static double mean(List<Float> losses) {
    return losses.stream()
        .mapToDouble(l -> l)
        .filter(l -> !Double.isNaN(l))
        .average()
        .orElse(Double.NaN);
  }
}
