package dev.lora4j.core.format;

import java.util.List;

/**
 * Family of base models for adapters: its layers and their names.
 *
 * @param name as on the command line, for example {@code sdxl}
 * @param title for people, for example {@code Stable Diffusion XL}
 * @param sites its layers under their canonical names ({@code unet.}, {@code transformer.}, {@code
 *     text_encoder.}, {@code text_encoder_2.}, {@code text_encoder_3.}, then diffusers' and
 *     transformers' names)
 * @param natives what its layers are called in the layout it was first published in
 * @param gguf what its layers are called in the files of llama.cpp
 */
public record Family(
    String name, String title, SiteCatalogue sites, List<NativeName> natives, GgufLayerNames gguf) {
  /** A family that llama.cpp does not have. */
  public Family(String name, String title, SiteCatalogue sites, List<NativeName> natives) {
    this(name, title, sites, natives, GgufLayerNames.NONE);
  }

  /** A base that is of no family: its layers have no other names. */
  public static Family of(String title, SiteCatalogue sites) {
    return new Family("", title, sites, List.of());
  }

  /** Copies its list. */
  public Family {
    natives = List.copyOf(natives);
  }

  /** A copy with names for the files of llama.cpp. */
  public Family withGguf(GgufLayerNames names) {
    return new Family(name, title, sites, natives, names);
  }

  /** A copy with another title. */
  public Family titled(String other) {
    return new Family(name, other, sites, natives, gguf);
  }
}
