package dev.lora4j.core.format.kohya;

/**
 * kohya's flat names of layers: the prefix of the model, then the layer's name with every dot made
 * an underscore.
 */
final class KohyaNames {
  private static final String UNET = "unet.";
  private static final String TEXT = "text_encoder.";

  private KohyaNames() {}

  /** The flat name of a canonical site. */
  static String flat(String site) {
    if (site.startsWith(UNET)) {
      return "lora_unet_" + site.substring(UNET.length()).replace('.', '_');
    }
    if (site.startsWith(TEXT)) {
      return "lora_te_" + site.substring(TEXT.length()).replace('.', '_');
    }
    throw new IllegalArgumentException("kohya has no name for site " + site);
  }
}
