package dev.lora4j.diffusion.family;

/** Prefixes of ComfyUI's text encoders, with which the native names of families begin. */
public final class TextEncoderPaths {
  public static final String CLIP_L = "text_encoders.clip_l.transformer";
  public static final String CLIP_H = "text_encoders.clip_h.transformer";
  public static final String CLIP_G = "text_encoders.clip_g.transformer";
  public static final String T5 = "text_encoders.t5xxl.transformer";

  private TextEncoderPaths() {}
}
