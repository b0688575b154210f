package dev.lora4j.core.format;

import java.util.regex.Pattern;

/** Prefixes of native paths: ComfyUI's names of the models. */
public final class NativePrefix {
  /** Prefix of the denoiser. */
  public static final String DENOISER = "diffusion_model.";

  private static final Pattern PREFIX =
      Pattern.compile("(diffusion_model|text_encoders\\.[^.]+\\.transformer)\\.");

  private NativePrefix() {}

  /** Prefix of a text encoder, for example {@code clip_l}. */
  public static String textEncoder(String name) {
    return "text_encoders." + name + ".transformer.";
  }

  /** A native path without it. */
  static String behind(String path) {
    return PREFIX.matcher(path).lookingAt() ? PREFIX.matcher(path).replaceFirst("") : path;
  }
}
