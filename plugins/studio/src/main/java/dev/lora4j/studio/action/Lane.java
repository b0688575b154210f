package dev.lora4j.studio.action;

/** A queue whose jobs run one at a time, beside those of the other lanes. */
public enum Lane {
  /** Trainings, which take all that the machine has. */
  TRAINING,
  /** Pictures, scores and files, for minutes. */
  WORK,
  /** Answers that somebody waits for, in seconds. */
  QUICK
}
