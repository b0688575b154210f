package dev.lora4j.core.lowrank;

/** Is told how far work that goes from site to site has come. */
@FunctionalInterface
public interface SiteListener {
  /** Tells nobody. */
  SiteListener NONE = (done, of) -> {};

  /** Reports the number of sites that are done. */
  void done(int done, int of);
}
