package dev.lora4j.text.train;

import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.GradientSource;
import java.util.OptionalInt;

/**
 * Request of a training: texts, settings, and what is kept of it.
 *
 * @param keeping policy of checkpoints and validation
 * @param name of the adapter
 * @param threads that operators use; the engine's if nobody says
 * @param gradients computes them
 */
record TrainingRequest(
    TrainingTexts texts,
    TextTrainingSettings settings,
    CheckpointPolicy keeping,
    String name,
    OptionalInt threads,
    GradientSource gradients) {
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
    return new TrainingRequest(other, settings, keeping, name, threads, gradients);
  }

  /** A copy with other checkpoints and validation. */
  TrainingRequest with(CheckpointPolicy other) {
    return new TrainingRequest(texts, settings, other, name, threads, gradients);
  }

  /** A copy with another name for the adapter. */
  TrainingRequest named(String other) {
    return new TrainingRequest(texts, settings, keeping, other, threads, gradients);
  }

  /** A copy whose operators use so many threads. */
  TrainingRequest threads(int inside) {
    return new TrainingRequest(texts, settings, keeping, name, OptionalInt.of(inside), gradients);
  }

  /** A copy whose gradients come from a source. */
  TrainingRequest with(GradientSource other) {
    return new TrainingRequest(texts, settings, keeping, name, threads, other);
  }
}
