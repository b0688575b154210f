package dev.lora4j.diffusion.style;

import dev.lora4j.core.format.metadata.KohyaKeys;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.metadata.MetadataKey;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is written into an adapter's header about how it was trained, in kohya's names. */
final class StyleMetadata {
  private StyleMetadata() {}

  static Map<String, String> of(
      String name, StyleSettings settings, int pictures, List<Float> losses) {
    String rank = Integer.toString(settings.rank());
    MetadataKey<Double> alpha = MetadataKey.number(KohyaKeys.NETWORK_ALPHA.name());
    Metadata metadata =
        Metadata.EMPTY
            .with(KohyaKeys.OUTPUT_NAME, name)
            .with(KohyaKeys.NETWORK_MODULE, "networks.lora")
            .with(KohyaKeys.NETWORK_DIM, rank)
            .with(alpha, settings.alpha());
    return metadata
        .with(
            KohyaKeys.NETWORK_ARGS,
            new TreeMap<>(
                Map.of("conv_dim", rank, "conv_alpha", metadata.entries().get(alpha.name()))))
        .with(KohyaKeys.IMAGES, (long) pictures)
        .with(KohyaKeys.STEPS, (long) losses.size())
        .with(KohyaKeys.MAX_STEPS, (long) settings.steps())
        .with(KohyaKeys.BATCH, (long) settings.batch())
        .with(KohyaKeys.LEARNING_RATE, settings.learningRate())
        .with(KohyaKeys.SCHEDULE, "cosine")
        .with(KohyaKeys.OPTIMIZER, "AdamW")
        .with(KohyaKeys.CAPTION_DROPOUT, settings.dropout())
        .with(KohyaKeys.SEED, settings.seed())
        .entries();
  }
}
