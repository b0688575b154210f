package dev.lora4j.core.adapter.relora;

/** What the optimizer remembers at a restart. */
public enum OptimizerReset {
  /** Nothing ({@code full}). */
  FULL,
  /** Its greatest numbers, which the next directions go on with ({@code magnitude}). */
  MAGNITUDE
}
