package dev.lora4j.diffusion.train.objective;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.diffusion.sampling.NoiseLevel;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import java.util.Optional;

/**
 * Loss of a prediction, element by element. An extension point; implementations are values: records
 * of their settings, with their {@link #canonical} form. A run resumes only with a loss of the same
 * form.
 */
public interface Loss extends Canonical {
  /**
   * The loss of each element.
   *
   * @param difference prediction less target, [batch, channels, h, w]
   * @param threshold of each sample, [batch, 1, 1, 1], of the same type, if it is {@link
   *     #thresholded}
   * @return of the shape and type of the difference, 0 where that is 0 and never less, each element
   *     a function of its own difference alone, with a gradient that is finite everywhere
   */
  Expr elements(Expr difference, Optional<Expr> threshold);

  /** True if each sample has a threshold, which depends on its noise. */
  default boolean thresholded() {
    return false;
  }

  /**
   * Threshold of a sample; called only if the loss is {@link #thresholded}.
   *
   * @param timesteps number of timesteps of training
   */
  default double threshold(NoiseLevel level, int timesteps) {
    return 0;
  }

  /** Reason for which the loss does not suit bases of this prediction type; empty if it does. */
  default Optional<String> misfit(Prediction prediction) {
    return Optional.empty();
  }

  /** {@inheritDoc} By default the name of its class, and its components if it is a record. */
  @Override
  default String canonical() {
    return CanonicalForm.ofExtension(this);
  }
}
