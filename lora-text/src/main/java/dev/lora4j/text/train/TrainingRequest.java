package dev.lora4j.text.train;

import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.GradientSource;
import dev.lora4j.core.train.run.StepSource;
import java.util.OptionalInt;

/**
 * Request of a training: texts, settings, and what is kept of it.
 *
 * @param keeping policy of checkpoints and validation
 * @param name of the adapter
 * @param threads that operators use; the engine's if nobody says
 * @param steps computes them
 */
record TrainingRequest(
    TrainingTexts texts,
    TextTrainingSettings settings,
    CheckpointPolicy keeping,
    String name,
    OptionalInt threads,
    StepSource steps) {
  /** A request without texts, of which nothing is kept. */
  static TrainingRequest of(TextTrainingSettings settings, String name) {
    return new TrainingRequest(
        TrainingTexts.NONE,
        settings,
        CheckpointPolicy.NOTHING,
        name,
        OptionalInt.empty(),
        GradientSource.OWN);
  }

  /** A copy with other texts. */
  TrainingRequest with(TrainingTexts other) {
    return new TrainingRequest(other, settings, keeping, name, threads, steps);
  }

  /** A copy with other checkpoints and validation. */
  TrainingRequest with(CheckpointPolicy other) {
    return new TrainingRequest(texts, settings, other, name, threads, steps);
  }

  /** A copy with another name for the adapter. */
  TrainingRequest named(String other) {
    return new TrainingRequest(texts, settings, keeping, other, threads, steps);
  }

  /** A copy whose operators use so many threads. */
  TrainingRequest threads(int inside) {
    return new TrainingRequest(texts, settings, keeping, name, OptionalInt.of(inside), steps);
  }

  /** A copy whose steps a source computes. */
  TrainingRequest with(StepSource other) {
    return new TrainingRequest(texts, settings, keeping, name, threads, other);
  }
}
