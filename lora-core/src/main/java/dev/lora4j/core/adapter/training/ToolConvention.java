package dev.lora4j.core.adapter.training;

/** The tool whose form of a method counts, where two tools define it differently. */
public enum ToolConvention {
  /** LyCORIS's, which kohya's layout holds. */
  LYCORIS,
  /** PEFT's, which diffusers' and PEFT's layouts hold. */
  PEFT
}
