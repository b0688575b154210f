package dev.lora4j.spi;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What a plug-in says that it does beyond computing. Declared by its author and admitted by the
 * user; nothing is held back by force, as plug-ins run in the same process with all its rights.
 */
public enum Capability {
  /** Opens connections. */
  NETWORK,
  /** Writes files other than those it is asked to. */
  FILE_WRITE,
  /** Loads native code. */
  NATIVE_CODE;

  /** As manifests write it, for example {@code file-write}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Reads {@link #text}.
   *
   * @throws IllegalArgumentException naming those there are
   */
  public static Capability parse(String text) {
    return Arrays.stream(values())
        .filter(c -> c.text().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "There is no capability '"
                        + text
                        + "'; there are "
                        + Arrays.stream(values())
                            .map(Capability::text)
                            .collect(Collectors.joining(", "))
                        + "."));
  }
}
