package dev.lora4j.diffusion.style;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What is written into an adapter's header about how it was trained, in kohya's names. */
final class StyleMetadata {
  private StyleMetadata() {}

  static Map<String, String> of(
      String name, StyleSettings settings, int pictures, List<Float> losses) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("ss_output_name", name);
    metadata.put("ss_network_module", "networks.lora");
    metadata.put("ss_network_dim", Integer.toString(settings.rank()));
    metadata.put("ss_network_alpha", Double.toString(settings.alpha()));
    metadata.put(
        "ss_network_args",
        String.format(
            Locale.ROOT,
            "{\"conv_dim\": \"%d\", \"conv_alpha\": \"%s\"}",
            settings.rank(),
            settings.alpha()));
    metadata.put("ss_num_train_images", Integer.toString(pictures));
    metadata.put("ss_steps", Integer.toString(losses.size()));
    metadata.put("ss_max_train_steps", Integer.toString(settings.steps()));
    metadata.put("ss_batch_size_per_device", Integer.toString(settings.batch()));
    metadata.put("ss_learning_rate", Double.toString(settings.learningRate()));
    metadata.put("ss_lr_scheduler", "cosine");
    metadata.put("ss_optimizer", "AdamW");
    metadata.put("ss_caption_dropout_rate", Double.toString(settings.dropout()));
    metadata.put("ss_seed", Long.toString(settings.seed()));
    return metadata;
  }
}
