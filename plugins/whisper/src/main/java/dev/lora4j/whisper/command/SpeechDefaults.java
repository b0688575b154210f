package dev.lora4j.whisper.command;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Values of the training options that learning from recordings has other ones of: a step reads half
 * a minute of sound for each text.
 */
final class SpeechDefaults implements IDefaultValueProvider {
  private static final Map<String, String> VALUES =
      Map.of("--rank", "8", "--batch", "4", "--validate-every", "50", "--save-every", "50");

  @Override
  public @Nullable String defaultValue(ArgSpec arg) {
    return arg instanceof OptionSpec option ? VALUES.get(option.longestName()) : null;
  }
}
