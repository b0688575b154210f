package dev.lora4j.core.format.reading;

import java.util.Locale;
import java.util.Map;

/**
 * kohya's adapters of FLUX whose query, key and value were trained apart and saved as one layer:
 * the file keeps the alpha of one part with the rank of all (sd-scripts issue 2204).
 */
final class SplitAttention {
  static final String WARNING =
      "It was trained with split_qkv: its alpha is that of one part, but the rank is that of all, so"
          + " that query, key and value have a third of the strength they were trained with, and a"
          + " quarter in single blocks, here as in other programs. A greater weight makes up for it.";

  private static final String ARGUMENTS = "ss_network_args";

  private SplitAttention() {}

  static boolean is(Map<String, String> metadata) {
    String arguments = metadata.getOrDefault(ARGUMENTS, "").toLowerCase(Locale.ROOT);
    return arguments.replaceAll("[\\s\"']", "").contains("split_qkv:true");
  }
}
