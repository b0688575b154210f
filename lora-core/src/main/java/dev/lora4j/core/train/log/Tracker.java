package dev.lora4j.core.train.log;

/**
 * Where the numbers and pictures of training runs go: a file, a server. An extension point;
 * implementations are values: records of their settings. What one run needs is in what {@link
 * #begin} gives.
 */
public interface Tracker {
  /** Begins with a run. Several runs may be tracked at once. */
  TrackedRun begin(RunStart run);
}
