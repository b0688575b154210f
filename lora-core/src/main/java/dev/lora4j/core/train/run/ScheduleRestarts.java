package dev.lora4j.core.train.run;

import dev.lora4j.core.adapter.training.DirectionRule;
import dev.lora4j.core.train.schedule.RateSchedule;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** Agreement of a schedule with the steps at which a method begins anew. */
final class ScheduleRestarts {
  /** Greatest rise of a factor that is taken for an error of rounding. */
  private static final double ROUNDING = 1e-9;

  private ScheduleRestarts() {}

  /**
   * Checks that the rate rises at the restarts of the method alone, and that none is within the
   * warm-up of the run. A method without restarts goes with any schedule.
   *
   * @throws IllegalArgumentException if they do not agree, with what to set
   */
  static void require(DirectionRule rule, RateSchedule schedule) {
    Set<Long> restarts = new TreeSet<>();
    int stage = 1;
    for (OptionalLong at = rule.restart(stage); at.isPresent(); at = rule.restart(++stage)) {
      restarts.add(at.getAsLong());
    }
    if (restarts.isEmpty()) {
      return;
    }
    long first = restarts.iterator().next();
    if (first < schedule.warmup()) {
      throw new IllegalArgumentException(
          "The first restart is after step "
              + first
              + ", but the rate still warms up then, until step "
              + schedule.warmup()
              + ". Set a shorter warm-up (schedule.warmup), fewer restarts, or more steps.");
    }
    for (long step = schedule.warmup() + 1; step < schedule.steps(); step++) {
      boolean rises = schedule.factor(step) > schedule.factor(step - 1) + ROUNDING;
      if (rises && !restarts.contains(step)) {
        throw new IllegalArgumentException(
            "The schedule '"
                + schedule.decay().name()
                + "' begins anew after step "
                + step
                + ", but the method restarts after steps "
                + restarts
                + ". Take the schedule cosine, linear or constant_with_warmup: the method itself"
                + " warms the rate up after each restart.");
      }
    }
  }
}
