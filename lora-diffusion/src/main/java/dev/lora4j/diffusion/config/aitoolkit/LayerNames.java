package dev.lora4j.diffusion.config.aitoolkit;

import java.util.regex.Pattern;

/**
 * Patterns of the layers that ai-toolkit trains of a base, by parts of their names. There a part is
 * compared with the name with dots, and with the one that files have: with underscores in a UNet,
 * with {@code $$} in transformers.
 */
final class LayerNames {
  private static final String EXPRESSION = "re:";

  /** Ends of the names of convolutions of more than one point in a UNet. */
  private static final String KERNELS = "(?!.*\\.(conv|conv1|conv2|conv_in|conv_out)$)";

  private final boolean flow;
  private final String begin;

  /**
   * Patterns for a base.
   *
   * @param blocks whether the blocks of a transformer alone are trained
   * @param kernels whether convolutions of more than one point are trained
   */
  LayerNames(Architecture architecture, boolean blocks, boolean kernels) {
    flow = architecture.flow();
    String part = blocks ? architecture.blocks() : "transformer\\.";
    begin = "(?=" + part + ")" + (flow || kernels ? "" : KERNELS);
  }

  /** Pattern of all layers that are trained. */
  String all() {
    return EXPRESSION + begin + ".*";
  }

  /** Pattern of those whose name contains a part. */
  String containing(String part) {
    String own = flow ? part.replace("$$", ".") : part.replaceFirst("^lora_unet", "unet");
    String either = own.contains(".") || flow ? quoted(own) : quoted(own).replace("_", "[._]");
    return EXPRESSION + begin + ".*" + either + ".*";
  }

  /** Pattern of layers whose name with dots contains a part. */
  static String literally(String part) {
    return EXPRESSION + ".*" + quoted(part.replaceFirst("^lora_unet\\.", "unet.")) + ".*";
  }

  private static String quoted(String part) {
    return Pattern.compile("[^\\w]").matcher(part).replaceAll(m -> "\\\\" + m.group());
  }
}
