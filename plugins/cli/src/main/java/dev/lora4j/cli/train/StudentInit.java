package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** The option for the begin of a student's factors. */
public final class StudentInit {
  /** Begin of the factors. */
  enum Init {
    merge,
    fresh
  }

  @Option(
      names = "--init",
      paramLabel = "START",
      description =
          "Begin with the teachers' mean cut to the rank (merge), or with an adapter that does"
              + " nothing (fresh) (default: ${DEFAULT-VALUE}).",
      defaultValue = "merge")
  private Init init = Init.merge;

  /** True if the student begins as the teachers' mean. */
  public boolean merges() {
    return init == Init.merge;
  }

  /**
   * The adapter that the student begins as.
   *
   * @param merged makes the teachers' mean
   * @param fresh makes an adapter that does nothing
   * @throws Failure if the teachers have no mean
   */
  public Adapter first(Supplier<Adapter> merged, Supplier<Adapter> fresh) {
    if (!merges()) {
      return fresh.get();
    }
    try {
      return merged.get();
    } catch (AdapterException e) {
      throw new Failure(
          e.getMessage() + " Say --init fresh to begin without the teachers' mean.", e);
    }
  }
}
