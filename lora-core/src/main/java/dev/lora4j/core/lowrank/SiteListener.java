package dev.lora4j.core.lowrank;

/** Is told how far work that goes from site to site has come. */
@FunctionalInterface
public interface SiteListener {
  /** Tells nobody. */
  SiteListener NONE = (done, of) -> {};

  /** So many sites are done. */
  void done(int done, int of);
}
