package dev.lora4j.core.train.log;

/**
 * Destination of the numbers and pictures of training runs: a file, a server. An extension point;
 * implementations are values: records of their settings. {@link #begin} makes the state of one run.
 */
public interface Tracker {
  /** Begins with a run. Several runs may be tracked at once. */
  TrackedRun begin(RunStart run);
}
