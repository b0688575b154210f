package dev.lora4j.server.work;

import java.util.Set;

/**
 * What a base's thread runs: it works until its queue is closed, and leaves no job without an end.
 */
public interface Worker extends Runnable {
  /** Names of the adapters that are at work; empty names for bases alone. */
  Set<String> adapters();
}
