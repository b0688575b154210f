package dev.lora4j.diffusion.config.aitoolkit;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Kind of base by the names that ai-toolkit has for it, with the layers that it trains of it. */
enum Architecture {
  /** Stable Diffusion 1 and 2. */
  SD("sd1 sd15 sd2", "unet\\.", ""),
  /** Stable Diffusion XL and smaller ones of its structure. */
  SDXL("sdxl ssd vega", "unet\\.", ""),
  /** Stable Diffusion 3. */
  SD3("sd3", "transformer\\.transformer_blocks\\.", "text_encoder_3.*"),
  /** FLUX.1, Kontext, and Flex.1, which has fewer blocks. */
  FLUX(
      "flux flex1 flux_kontext",
      "transformer\\.(single_)?transformer_blocks\\.",
      "text_encoder_2.*"),
  /** FLUX.2 [klein]. */
  FLUX2("flux2_klein_4b flux2_klein_9b", "transformer\\.(single_)?transformer_blocks\\.", ""),
  /** Z-Image. */
  ZIMAGE("zimage", "transformer\\.layers\\.", "");

  /** Flags of a model that are older than {@code arch}, and what they mean. */
  static final List<String> FLAGS =
      List.of(
          "is_v2=sd2",
          "is_v3=sd3",
          "is_xl=sdxl",
          "is_pixart=pixart",
          "is_pixart_sigma=pixart_sigma",
          "is_auraflow=auraflow",
          "is_flux=flux",
          "is_lumina2=lumina2",
          "is_vega=vega",
          "is_ssd=ssd");

  private final String names;
  private final String blocks;
  private final String t5;

  Architecture(String names, String blocks, String t5) {
    this.names = names;
    this.blocks = blocks;
    this.t5 = t5;
  }

  /** The kind of this name, which may have a tag behind a colon. */
  static Optional<Architecture> named(String arch) {
    String name = arch.replaceFirst(":.*$", "").toLowerCase(Locale.ROOT);
    return Stream.of(values()).filter(one -> one.each().contains(name)).findFirst();
  }

  /** The names of all kinds. */
  static List<String> names() {
    return Stream.of(values()).flatMap(one -> one.each().stream()).toList();
  }

  private List<String> each() {
    return List.of(names.split(" ", -1));
  }

  /** True for transformers of flows. */
  boolean flow() {
    return this != SD && this != SDXL;
  }

  /** Regular expression for the beginning of the names of the trained layers. */
  String blocks() {
    return blocks;
  }

  /** Pattern of the layers of T5, which is never trained; empty if there are none. */
  Optional<String> t5() {
    return t5.isEmpty() ? Optional.empty() : Optional.of(t5);
  }
}
