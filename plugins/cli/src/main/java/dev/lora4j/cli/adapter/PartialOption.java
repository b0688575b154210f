package dev.lora4j.cli.adapter;

import dev.lora4j.core.format.reading.ReadOptions;
import picocli.CommandLine.Option;

/** Whether adapters may be used in part. */
public final class PartialOption {
  @Option(
      names = "--allow-partial",
      description =
          "Leave out of adapters what the base has no layer for, half pairs, and methods that are"
              + " not known, rather than refuse them.")
  private boolean allowed;

  /** As reading takes it. */
  public ReadOptions options() {
    return allowed ? ReadOptions.PARTIAL : ReadOptions.STRICT;
  }
}
