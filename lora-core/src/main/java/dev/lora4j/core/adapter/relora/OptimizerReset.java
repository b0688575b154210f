package dev.lora4j.core.adapter.relora;

/** Part of an optimizer's moments that outlives a restart. */
public enum OptimizerReset {
  /** Nothing ({@code full}). */
  FULL,
  /** Its greatest numbers, which the next directions go on with ({@code magnitude}). */
  MAGNITUDE
}
