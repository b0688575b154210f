package dev.lora4j.diffusion.style;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.metadata.HeaderEntries;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;

/**
 * An adapter that is active in each step of a training and is not trained itself, for example one
 * that takes back the distillation of a base for few steps. What is trained does not contain it.
 *
 * @param adapter of the denoiser alone
 * @param weight finite and not 0
 */
public record TrainingAdapter(Adapter adapter, double weight) implements Canonical {
  private static final String TEXTS = "text_encoder";

  /**
   * Checks it.
   *
   * @throws IllegalArgumentException if its weight is 0 or not finite, or it changes text encoders
   */
  public TrainingAdapter {
    if (weight == 0 || !Double.isFinite(weight)) {
      throw new IllegalArgumentException(
          "the weight of a training adapter is a number other than 0, found " + weight);
    }
    adapter.sites().keySet().stream()
        .filter(site -> site.startsWith(TEXTS))
        .findFirst()
        .ifPresent(
            site -> {
              throw new IllegalArgumentException(
                  "The training adapter "
                      + adapter.name()
                      + " changes "
                      + site
                      + ", and captions are read by the base's own text encoders. Take an adapter of"
                      + " the denoiser alone, or bake it into the base.");
            });
  }

  /** Entries of an adapter's header: name, identity and weight. */
  public Metadata metadata() {
    return new HeaderEntries()
        .put("lora4j_training_adapter", adapter.name())
        .put("lora4j_training_adapter_identity", adapter.identity())
        .put("lora4j_training_adapter_weight", weight)
        .metadata();
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("TrainingAdapter")
        .with("adapter", adapter.identity())
        .with("weight", weight)
        .text();
  }
}
