package dev.lora4j.cli.model;

import dev.lora4j.cli.console.Failure;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** Choice of how much memory the weights of a base may take. */
public final class WeightsMemoryOption {
  private static final String NAME = "--weights-memory";

  private static final Pattern SIZE = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?) ?([a-z]+)");

  private static final Map<String, Long> UNITS =
      Map.of(
          "kb",
          1_000L,
          "mb",
          1_000_000L,
          "gb",
          1_000_000_000L,
          "kib",
          1L << 10,
          "mib",
          1L << 20,
          "gib",
          1L << 30);

  @Option(
      names = NAME,
      paramLabel = "SIZE",
      description =
          "Keep no more than this of the denoiser's weights, and of each text encoder's, in memory:"
              + " 4GB, 800MB. The rest is read from the files block by block at each step; pictures"
              + " are the same to the last bit. Not on a card.")
  public Optional<String> size = Optional.empty();

  /** Words of the command line that choose it. */
  List<String> words() {
    return size.map(s -> List.of(NAME, s)).orElse(List.of());
  }

  /**
   * Bytes; empty if all weights may be in memory.
   *
   * @throws Failure if it is no size
   */
  public OptionalLong bytes() {
    return size.isEmpty() ? OptionalLong.empty() : OptionalLong.of(bytes(size.get()));
  }

  /**
   * Refuses the option.
   *
   * @param why a sentence's end, such as {@code training holds all weights}
   * @throws Failure if it was given
   */
  public void refuse(String why) {
    if (size.isPresent()) {
      throw Failure.usage(NAME + " is for pictures and for train; " + why + ". Leave it out.");
    }
  }

  private static long bytes(String text) {
    Matcher size = SIZE.matcher(text.strip().toLowerCase(Locale.ROOT));
    long unit = size.matches() ? UNITS.getOrDefault(size.group(2), 0L) : 0;
    long bytes =
        unit == 0
            ? 0
            : new BigDecimal(size.group(1)).multiply(BigDecimal.valueOf(unit)).longValue();
    if (bytes < 1) {
      throw Failure.usage(
          NAME
              + " (weights_memory) takes a size above 0 such as 4GB, 800MB or 3.5GiB, found '"
              + text
              + "'.");
    }
    return bytes;
  }
}
