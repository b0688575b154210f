package dev.lora4j.core.adapter.training;

/** Whose form a method has, where two tools have it in two. */
public enum ToolConvention {
  /** LyCORIS's, which kohya's layout holds. */
  LYCORIS,
  /** PEFT's, which diffusers' and PEFT's layouts hold. */
  PEFT
}
