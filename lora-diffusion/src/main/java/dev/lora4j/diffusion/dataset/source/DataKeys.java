package dev.lora4j.diffusion.dataset.source;

import dev.lora4j.spi.NearestNames;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.tomlj.TomlTable;

/** The keys of a TOML data set: kohya's names, and a few of our own. */
final class DataKeys {
  /** May stand in all three kinds of tables, where the innermost counts. */
  static final List<String> FOR_SOURCES =
      List.of(
          "num_repeats",
          "class_tokens",
          "caption_extension",
          "caption_sources",
          "shuffle_caption",
          "keep_tokens",
          "keep_tokens_separator",
          "secondary_separator",
          "caption_separator",
          "caption_prefix",
          "caption_suffix",
          "caption_dropout_rate",
          "caption_dropout_every_n_epochs",
          "caption_tag_dropout_rate",
          "enable_wildcard",
          "flip_aug",
          "color_aug",
          "random_crop",
          "alpha_mask",
          "validation_split",
          "background",
          "reference_dir",
          "image_column",
          "caption_column",
          "trigger");

  /** May stand in {@code [general]} and {@code [[datasets]]}. */
  static final List<String> FOR_GROUPS =
      List.of(
          "resolution",
          "batch_size",
          "enable_bucket",
          "min_bucket_reso",
          "max_bucket_reso",
          "bucket_reso_steps",
          "bucket_no_upscale",
          "validation_seed");

  /** Only in {@code [[datasets]]}. */
  static final List<String> OF_GROUPS = List.of("subsets", "train_data_dir", "reg_data_dir");

  /** Only in {@code [[datasets.subsets]]}. */
  static final List<String> OF_SOURCES =
      List.of("image_dir", "metadata_file", "is_reg", "conditioning_data_dir");

  /**
   * A key of kohya's that means nothing here.
   *
   * @param harmless values with which nothing is missed; all if there are none
   */
  private record Elsewhere(String reason, Set<String> harmless) {
    boolean missed(String value) {
      return !harmless.isEmpty() && !harmless.contains(value.toLowerCase(Locale.ROOT));
    }
  }

  private static final Map<String, Elsewhere> ELSEWHERE = new LinkedHashMap<>();

  static {
    elsewhere("face_crop_aug_range", "faces are not looked for", "", "none");
    elsewhere("token_warmup_min", "captions do not grow with the steps", "1", "0");
    elsewhere("token_warmup_step", "captions do not grow with the steps", "0", "0.0");
    elsewhere("cache_info", "what was found out about files is always kept by content");
    elsewhere("network_multiplier", "an adapter is trained at full strength", "1", "1.0");
    elsewhere("custom_attributes", "nothing here reads them");
    elsewhere("skip_image_resolution", "small pictures are warned of by name", "", "none");
    elsewhere(
        "resize_interpolation", "pictures are always resized with Lanczos' window", "", "lanczos");
  }

  private DataKeys() {}

  private static void elsewhere(String key, String reason, String... harmless) {
    ELSEWHERE.put(key, new Elsewhere(reason, Set.of(harmless)));
  }

  /** Adds a sentence for each key of a table that is not among {@code known}. */
  static void check(
      String where, TomlTable table, List<List<String>> known, List<String> mistakes) {
    TreeSet<String> names = new TreeSet<>();
    known.forEach(names::addAll);
    for (String key : new TreeSet<>(table.keySet())) {
      Elsewhere elsewhere = ELSEWHERE.get(key);
      if (elsewhere != null && elsewhere.missed(String.valueOf(table.get(key)))) {
        mistakes.add(
            where
                + ": "
                + key
                + " is kohya's and not supported, as "
                + elsewhere.reason()
                + "; remove it.");
      } else if (elsewhere == null && !names.contains(key)) {
        List<String> near = NearestNames.near(key, names, 1);
        mistakes.add(
            where
                + ": the key "
                + key
                + " is not known here; "
                + (near.isEmpty()
                    ? "there are " + String.join(", ", names)
                    : "the nearest is " + near.get(0))
                + ".");
      }
    }
  }
}
