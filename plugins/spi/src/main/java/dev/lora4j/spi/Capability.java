package dev.lora4j.spi;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Activity of a plug-in beyond computing. Its author declares it and the user admits it; nothing
 * enforces it, as plug-ins run in the same process with all its rights.
 */
public enum Capability {
  /** Opens connections. */
  NETWORK,
  /** Writes files other than the requested ones. */
  FILE_WRITE,
  /** Loads native code. */
  NATIVE_CODE;

  /** Spelling in manifests, for example {@code file-write}. */
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
