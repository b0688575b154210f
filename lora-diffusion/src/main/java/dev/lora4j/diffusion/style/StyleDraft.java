package dev.lora4j.diffusion.style;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.core.train.schedule.RateSchedule;
import dev.lora4j.diffusion.train.objective.ObjectiveSettings;
import java.util.OptionalDouble;

/** Settings while something of it is changed: the one place that knows all of its parts. */
final class StyleDraft {
  AdapterRecipe recipe;
  Optimizer optimizer;
  LearningRates rates;
  RateSchedule schedule;
  ObjectiveSettings objective;
  int accumulate;
  double clip;
  double averageDecay;
  OptionalDouble maxNorm;
  int clipSkip;
  int captionChunks;
  boolean checkpointing;
  long seed;
  DType stored;
  OptionalDouble guidance;

  StyleDraft(StyleSettings from) {
    recipe = from.recipe();
    optimizer = from.optimizer();
    rates = from.rates();
    schedule = from.schedule();
    objective = from.objective();
    accumulate = from.accumulate();
    clip = from.clip();
    averageDecay = from.averageDecay();
    maxNorm = from.maxNorm();
    clipSkip = from.clipSkip();
    captionChunks = from.captionChunks();
    checkpointing = from.checkpointing();
    seed = from.seed();
    stored = from.stored();
    guidance = from.guidance();
  }

  /** Builds the settings and checks them. */
  StyleSettings settings() {
    return new StyleSettings(
        recipe,
        optimizer,
        rates,
        schedule,
        objective,
        accumulate,
        clip,
        averageDecay,
        maxNorm,
        clipSkip,
        captionChunks,
        checkpointing,
        seed,
        stored,
        guidance);
  }
}
