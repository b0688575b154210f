package dev.lora4j.core.train.run;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.core.train.schedule.RateSchedule;
import java.util.OptionalDouble;

/** Training settings while one of them is changed: the one place that knows all of them. */
final class TrainingDraft {
  Optimizer optimizer;
  double rate;
  RateSchedule schedule;
  int accumulate;
  double clip;
  double averageDecay;
  OptionalDouble maxNorm;
  long seed;
  DType stored;

  TrainingDraft(TrainingSettings from) {
    optimizer = from.optimizer();
    rate = from.rate();
    schedule = from.schedule();
    accumulate = from.accumulate();
    clip = from.clip();
    averageDecay = from.averageDecay();
    maxNorm = from.maxNorm();
    seed = from.seed();
    stored = from.stored();
  }

  /** The settings as they are now. */
  TrainingSettings settings() {
    return new TrainingSettings(
        optimizer, rate, schedule, accumulate, clip, averageDecay, maxNorm, seed, stored);
  }
}
