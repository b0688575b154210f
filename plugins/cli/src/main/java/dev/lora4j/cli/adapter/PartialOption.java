package dev.lora4j.cli.adapter;

import dev.lora4j.core.format.reading.ReadOptions;
import picocli.CommandLine.Option;

/** Option that permits a partial use of adapters. */
public final class PartialOption {
  @Option(
      names = "--allow-partial",
      description =
          "Leave out of adapters what the base has no layer for, half pairs, and methods that are"
              + " not known, rather than refuse them.")
  private boolean allowed;

  /** Options of reading. */
  public ReadOptions options() {
    return allowed ? ReadOptions.PARTIAL : ReadOptions.STRICT;
  }
}
