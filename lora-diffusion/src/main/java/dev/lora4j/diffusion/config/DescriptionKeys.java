package dev.lora4j.diffusion.config;

import static dev.lora4j.diffusion.config.KeyType.TEXT;
import static dev.lora4j.diffusion.config.RunKey.unset;

import dev.lora4j.core.format.metadata.ModelSpecKeys;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keys of the description in an adapter's header, beside its name and trigger words. */
final class DescriptionKeys {
  private static final RunKey<String> DESCRIPTION =
      unset("about.description", TEXT, "What it is, for people", "metadata_description");
  private static final RunKey<String> AUTHOR =
      unset("about.author", TEXT, "Who made it", "metadata_author");
  private static final RunKey<String> LICENSE =
      unset("about.license", TEXT, "Its licence", "metadata_license");
  private static final RunKey<String> USAGE_HINT =
      unset("about.usage_hint", TEXT, "How it is best used", "metadata_usage_hint");
  private static final RunKey<String> TAGS =
      unset("about.tags", TEXT, "Words to find it by, separated by commas", "metadata_tags");

  /** All of them. */
  static final List<RunKey<?>> ALL = List.of(DESCRIPTION, AUTHOR, LICENSE, USAGE_HINT, TAGS);

  private DescriptionKeys() {}

  /** The values, by the names of the model metadata standard. */
  static Map<String, String> metadata(RunValues values) {
    Map<String, String> metadata = new LinkedHashMap<>();
    values.find(DESCRIPTION).ifPresent(v -> metadata.put(ModelSpecKeys.DESCRIPTION.name(), v));
    values.find(AUTHOR).ifPresent(v -> metadata.put(ModelSpecKeys.AUTHOR.name(), v));
    values.find(LICENSE).ifPresent(v -> metadata.put(ModelSpecKeys.LICENSE.name(), v));
    values.find(USAGE_HINT).ifPresent(v -> metadata.put(ModelSpecKeys.USAGE_HINT.name(), v));
    values.find(TAGS).ifPresent(v -> metadata.put(ModelSpecKeys.TAGS.name(), v));
    return metadata;
  }
}
