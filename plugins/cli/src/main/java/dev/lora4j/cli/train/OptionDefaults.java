package dev.lora4j.cli.train;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Values of shared options that a command has other ones of. */
public abstract class OptionDefaults implements IDefaultValueProvider {
  private final Map<String, String> values;

  /** By the long names of the options, with dashes. */
  protected OptionDefaults(Map<String, String> values) {
    this.values = Map.copyOf(values);
  }

  @Override
  public final @Nullable String defaultValue(ArgSpec arg) {
    return arg instanceof OptionSpec option ? values.get(option.longestName()) : null;
  }
}
