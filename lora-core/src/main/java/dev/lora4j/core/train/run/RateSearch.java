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
   * A short training.
   *
   * @param losses of its steps; fewer than were asked for if it left all bounds
   * @param validation loss on what is held out after the last step, if anything is
   */
  public record Trial(Setting setting, List<Float> losses, OptionalDouble validation) {
    /** Copies the losses. */
    public Trial {
      losses = List.copyOf(losses);
    }

    /**
     * What trials are compared by, less is better: the validation loss, or without one the mean of
     * the last quarter of the losses; infinite for a training that left all bounds.
     */
    public double score() {
      if (diverged()) {
        return Double.POSITIVE_INFINITY;
      }
      return validation.orElseGet(() -> mean(losses.subList(losses.size() * 3 / 4, losses.size())));
    }

    /** Returns true if its loss is no number, or ended far above where it began. */
    public boolean diverged() {
      return losses.isEmpty() || beyond(losses);
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
      StepRunner taker = new StepRunner(work, task, own, step, RunListener.NONE);
      TrainingState state = step.begin(work);
      List<Float> losses = new ArrayList<>();
      try (TrainingRun run = step.bind(work, state, setting.scale())) {
        for (int i = 0; i < own.steps(); i++) {
          if (sign.stopRequested()) {
            return Optional.empty();
          }
          Optional<RunListener.Step> taken = take(taker, run, i);
          if (taken.isEmpty()) {
            return Optional.of(new Trial(setting, List.of(), OptionalDouble.empty()));
          }
          losses.add(taken.get().loss());
          sign.call(() -> listener.step(number, setting, taken.get()));
          if (beyond(losses)) {
            return Optional.of(new Trial(setting, losses, OptionalDouble.empty()));
          }
        }
      }
      return Optional.of(new Trial(setting, losses, validated(work, state, setting)));
    }
  }

  /** A step; none if too many in a row had a gradient that is not finite. */
  private Optional<RunListener.Step> take(StepRunner taker, TrainingRun run, int number) {
    try {
      return Optional.of(taker.take(run, number, step.now("trial", run.state())));
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
    return losses.stream().mapToDouble(l -> l).average().orElse(Double.POSITIVE_INFINITY);
  }
}
