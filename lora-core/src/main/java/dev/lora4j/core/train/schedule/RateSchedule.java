package dev.lora4j.core.train.schedule;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;

/**
 * Factor of the learning rate at each step of a run: a line up from 0 during the warm-up, then a
 * decay. A pure function, so that a checkpoint stores nothing of it.
 *
 * @param decay decay after the warm-up
 * @param steps of the whole run
 * @param warmup steps of the warm-up
 * @param minimum end of the decay instead of 0, as a part of the whole rate
 */
public record RateSchedule(Decay decay, long steps, long warmup, double minimum)
    implements Canonical {
  /** Checks that warm-up and run fit each other. */
  public RateSchedule {
    if (steps < 1) {
      throw new IllegalArgumentException("A run has 1 step or more, found " + steps + ".");
    }
    if (warmup < 0 || warmup > steps) {
      throw new IllegalArgumentException(
          "A warm-up of " + warmup + " steps does not fit into a run of " + steps + ".");
    }
    if (warmup > 0 && !decay.warmedUp()) {
      throw new IllegalArgumentException(
          "The schedule '"
              + decay.name()
              + "' has no warm-up, but "
              + warmup
              + " steps of it were asked for; take '"
              + ConstantWithWarmup.NAME
              + "'.");
    }
    if (!(minimum >= 0 && minimum <= 1)) {
      throw new IllegalArgumentException(
          "The least rate is a part of the whole from 0 to 1, found " + minimum + ".");
    }
  }

  /** A tenth of the steps as warm-up where the decay has one, and down to 0. */
  public static RateSchedule of(Decay decay, long steps) {
    return new RateSchedule(decay, steps, 0, 0).warmupPart(decay.warmedUp() ? Decay.WARMUP : 0);
  }

  /** A copy with a warm-up of so many steps. */
  public RateSchedule warmupSteps(long count) {
    return new RateSchedule(decay, steps, count, minimum);
  }

  /** A copy with a warm-up of this part of the run, from 0 to 1, rounded down to whole steps. */
  public RateSchedule warmupPart(double part) {
    if (!(part >= 0 && part <= 1)) {
      throw new IllegalArgumentException(
          "A warm-up takes a part of the run from 0 to 1, found " + part + ".");
    }
    return warmupSteps((long) (part * steps));
  }

  /** A copy with a decay that ends at this part of the whole rate. */
  public RateSchedule minimum(double part) {
    return new RateSchedule(decay, steps, warmup, part);
  }

  /**
   * Factor of the rate.
   *
   * @param step number of the step, from 0; after the last the factor stays what the decay ends at
   */
  public double factor(long step) {
    if (step < 0) {
      throw new IllegalArgumentException("Steps are counted from 0, found " + step + ".");
    }
    if (step < warmup) {
      return step / (double) warmup;
    }
    double progress = (step - warmup) / (double) Math.max(1, steps - warmup);
    return minimum + (1 - minimum) * decay.at(progress);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("RateSchedule")
        .with("decay", decay)
        .with("steps", steps)
        .with("warmup", warmup)
        .with("least", minimum)
        .text();
  }
}
