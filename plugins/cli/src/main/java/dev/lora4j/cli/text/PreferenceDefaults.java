package dev.lora4j.cli.text;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Values of the training options that learning from preferences has other ones of: a model is to
 * stay near what it was.
 */
final class PreferenceDefaults implements IDefaultValueProvider {
  private static final Map<String, String> VALUES =
      Map.of("--lr", "1e-4", "--epochs", "1", "--held-out", "0.1");

  @Override
  public @Nullable String defaultValue(ArgSpec arg) {
    return arg instanceof OptionSpec option ? VALUES.get(option.longestName()) : null;
  }
}
