package dev.lora4j.core.lowrank;

/** Listener for the progress of work on one site after another. */
@FunctionalInterface
public interface SiteListener {
  /** Ignores the progress. */
  SiteListener NONE = (done, of) -> {};

  /** Reports the number of sites that are done. */
  void done(int done, int of);
}
