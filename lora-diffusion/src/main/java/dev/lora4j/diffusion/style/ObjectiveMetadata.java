package dev.lora4j.diffusion.style;

import dev.lora4j.core.format.metadata.HeaderEntries;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.diffusion.train.objective.Loss;
import dev.lora4j.diffusion.train.objective.NoiseSettings;
import dev.lora4j.diffusion.train.objective.ObjectiveSettings;
import dev.lora4j.diffusion.train.objective.WeightSettings;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.ExtensionRequest;

/** Metadata of noise and loss in an adapter's header, in kohya's names and forms. */
final class ObjectiveMetadata {
  private ObjectiveMetadata() {}

  static Metadata of(ObjectiveSettings objective) {
    NoiseSettings noise = objective.noise();
    WeightSettings weights = objective.weights();
    HeaderEntries entries =
        new HeaderEntries()
            .strength("ss_noise_offset", noise.offset())
            .put("ss_noise_offset_random_strength", noise.offsetRandomStrength())
            .strength("ss_adaptive_noise_scale", noise.adaptiveScale())
            .count("ss_multires_noise_iterations", noise.multiresIterations())
            .put("ss_multires_noise_discount", noise.multiresDiscount())
            .strength("ss_ip_noise_gamma", noise.inputPerturbation())
            .put("ss_ip_noise_gamma_random_strength", noise.inputPerturbationRandomStrength())
            .strength("ss_min_snr_gamma", weights.minSnrGamma())
            .put("ss_debiased_estimation", weights.debiasedEstimation())
            .put("ss_prior_loss_weight", weights.priorLoss())
            .put("ss_zero_terminal_snr", weights.zeroTerminalSnr());
    return loss(entries, objective.loss().criterion()).metadata();
  }

  /** Its name, and its settings: those of Huber's kind are kohya's {@code huber_}. */
  private static HeaderEntries loss(HeaderEntries entries, Loss loss) {
    if (!loss.getClass().isAnnotationPresent(Extension.class)) {
      return entries.put("ss_loss_type", loss.toString());
    }
    ExtensionRequest request = ExtensionRequest.of(loss);
    request.settings().forEach((name, value) -> entries.put("ss_" + name, String.valueOf(value)));
    return entries.put("ss_loss_type", request.name());
  }
}
