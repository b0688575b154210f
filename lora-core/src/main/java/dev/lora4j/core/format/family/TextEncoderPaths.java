package dev.lora4j.core.format.family;

/** Prefixes of ComfyUI's text encoders, with which the native names of families begin. */
final class TextEncoderPaths {
  static final String CLIP_L = "text_encoders.clip_l.transformer";
  static final String CLIP_H = "text_encoders.clip_h.transformer";
  static final String CLIP_G = "text_encoders.clip_g.transformer";
  static final String T5 = "text_encoders.t5xxl.transformer";

  private TextEncoderPaths() {}
}
