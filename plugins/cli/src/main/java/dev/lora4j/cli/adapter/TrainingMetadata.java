package dev.lora4j.cli.adapter;

import dev.lora4j.cli.console.Printable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The strings beside an adapter's tensors; what many trainers write, in plain words. */
final class TrainingMetadata {
  private static final int WIDTH = 100;
  private static final int SHOWN = 12;

  private static final Map<String, String> WORDS = new LinkedHashMap<>();

  static {
    WORDS.put("ss_output_name", "name");
    WORDS.put("modelspec.title", "title");
    WORDS.put("modelspec.architecture", "architecture");
    WORDS.put("modelspec.trigger_phrase", "trigger phrase");
    WORDS.put("ss_base_model_version", "kind of base");
    WORDS.put("ss_sd_model_name", "trained on");
    WORDS.put("lora4j_training_adapter", "with the training adapter");
    WORDS.put("lora4j_training_adapter_weight", "weight of that");
    WORDS.put("ss_network_module", "trainer's module");
    WORDS.put("ss_network_dim", "rank");
    WORDS.put("ss_network_alpha", "alpha");
    WORDS.put("ss_steps", "steps");
    WORDS.put("format", "format");
    WORDS.put("ss_network_args", "further arguments");
    WORDS.put("ss_num_train_images", "pictures");
    WORDS.put("ss_resolution", "resolution");
    WORDS.put("ss_num_epochs", "epochs");
    WORDS.put("ss_batch_size_per_device", "batch");
    WORDS.put("ss_learning_rate", "learning rate");
    WORDS.put("ss_unet_lr", "learning rate, denoiser");
    WORDS.put("ss_text_encoder_lr", "learning rate, text encoder");
    WORDS.put("ss_lr_scheduler", "its schedule");
    WORDS.put("ss_optimizer", "optimiser");
    WORDS.put("ss_caption_dropout_rate", "caption dropout");
    WORDS.put("ss_noise_offset", "noise offset");
    WORDS.put("ss_min_snr_gamma", "min-SNR gamma");
    WORDS.put("ss_clip_skip", "CLIP skip");
    WORDS.put("ss_mixed_precision", "mixed precision");
    WORDS.put("ss_seed", "seed");
    WORDS.put("ss_training_comment", "comment");
  }

  private TrainingMetadata() {}

  /**
   * Known entries first, in the order of a reader's interest; the others after them, sorted.
   *
   * @param all whether all are listed, not only the first
   */
  static List<String> lines(Map<String, String> metadata, boolean all) {
    List<String> rows = new ArrayList<>();
    Map<String, String> rest = new TreeMap<>(metadata);
    WORDS.forEach(
        (key, words) -> {
          String value = rest.remove(key);
          if (value != null && !value.isBlank() && !value.equals("None")) {
            rows.add(line(words, value));
          }
        });
    rest.forEach((key, value) -> rows.add(line(Printable.of(key, WIDTH / 2), value)));
    List<String> lines = new ArrayList<>();
    if (!rows.isEmpty()) {
      lines.add("Metadata:");
    }
    int shown = all ? rows.size() : Math.min(SHOWN, rows.size());
    lines.addAll(rows.subList(0, shown));
    if (shown < rows.size()) {
      lines.add("  and " + (rows.size() - shown) + " more; --all lists them.");
    }
    return lines;
  }

  private static String line(String name, String value) {
    String length = value.length() > WIDTH ? " (" + value.length() + " characters)" : "";
    return "  " + name + ": " + Printable.of(value, WIDTH) + length;
  }
}
