package dev.lora4j.core.adapter.pruning;

/** The time at which elements of a sparse LoRA become 0. */
public enum PruningSchedule {
  /** After training: the adapter is pruned when it is written ({@code after}). */
  AFTER,
  /** More and more over the steps, up to three quarters of them ({@code ramp}). */
  RAMP,
  /** All from the beginning, and some are exchanged on the way ({@code rigl}). */
  RIGL
}
