package dev.lora4j.diffusion.style;

import dev.lora4j.core.format.metadata.HeaderEntries;
import dev.lora4j.core.format.metadata.KohyaKeys;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.ExtensionRequest;
import java.util.stream.Collectors;

/** Metadata of rates, steps and epochs in an adapter's header, in kohya's names and forms. */
final class LearningMetadata {
  /** Tokens of a chunk, as sd-scripts counts them. */
  private static final int KOHYA_CHUNK = 75;

  private LearningMetadata() {}

  /**
   * The entries.
   *
   * @param steps after which the adapter is as it is
   */
  static Metadata of(
      StyleSettings settings, AdapterPlan plan, SampleSource.Epoch epoch, int steps) {
    LearningRates rates = settings.rates();
    boolean text = StyleProgram.trainsText(plan);
    boolean denoiser = StyleProgram.trainsDenoiser(plan);
    // Batches that are left at the end of an epoch make a change of their own in sd-scripts.
    long changes = ceiling(epoch.batches(), settings.accumulate());
    long epochs = ceiling(settings.steps(), changes);
    return new HeaderEntries()
        .put(KohyaKeys.LEARNING_RATE.name(), rates.rate())
        .strength("ss_unet_lr", denoiser ? rates.unet().orElse(rates.rate()) : 0)
        .strength("ss_text_encoder_lr", text ? rates.text().orElse(rates.rate()) : 0)
        .put(KohyaKeys.SCHEDULE.name(), settings.schedule().decay().name())
        .put("ss_lr_warmup_steps", settings.schedule().warmup())
        .put(KohyaKeys.OPTIMIZER.name(), said(settings.optimizer()))
        .put("ss_max_grad_norm", settings.clip())
        .strength("ss_scale_weight_norms", settings.maxNorm().orElse(0))
        .put("ss_gradient_accumulation_steps", settings.accumulate())
        .put("ss_gradient_checkpointing", settings.checkpointing())
        .put(KohyaKeys.IMAGES.name(), epoch.pictures())
        .put("ss_num_reg_images", epoch.regularisation())
        .put("ss_num_batches_per_epoch", epoch.batches())
        .put("ss_num_epochs", epochs)
        .put("ss_epoch", steps >= settings.steps() ? epochs : steps / changes)
        .put(KohyaKeys.STEPS.name(), steps)
        .put(KohyaKeys.MAX_STEPS.name(), settings.steps())
        .count(KohyaKeys.CLIP_SKIP.name(), settings.clipSkip() == 0 ? 0 : settings.clipSkip() + 1L)
        .count(
            "ss_max_token_length",
            settings.captionChunks() == 1 ? 0 : KOHYA_CHUNK * (long) settings.captionChunks())
        .put(KohyaKeys.SEED.name(), settings.seed())
        .metadata();
  }

  private static long ceiling(long count, long size) {
    return (count + size - 1) / size;
  }

  /** Its name and settings, as {@code name(key=value,...)}. */
  private static String said(Optimizer optimizer) {
    if (!optimizer.getClass().isAnnotationPresent(Extension.class)) {
      return optimizer.toString();
    }
    ExtensionRequest request = ExtensionRequest.of(optimizer);
    return request.settings().entrySet().stream()
        .map(s -> s.getKey() + "=" + s.getValue())
        .collect(Collectors.joining(",", request.name() + "(", ")"));
  }
}
