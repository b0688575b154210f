package dev.lora4j.studio.job;

import java.util.Locale;

/** Stages of a job's life. */
public enum JobState {
  QUEUED,
  RUNNING,
  /** Was told to end and has not yet. */
  STOPPING,
  DONE,
  FAILED,
  /** Was ended by the user; what it had reached is kept where its command keeps it. */
  STOPPED,
  /** Died with the studio. */
  INTERRUPTED;

  /** True if nothing more happens to it by itself. */
  public boolean ended() {
    return this != QUEUED && this != RUNNING && this != STOPPING;
  }

  /** Name in files and answers. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
