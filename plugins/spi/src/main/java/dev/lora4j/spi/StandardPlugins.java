package dev.lora4j.spi;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Extensions of this project's own plug-ins, so that an error can name the missing jar. */
final class StandardPlugins {
  /** Lines of point, name and artifact. */
  private static final String LIST = "standard-plugins.txt";

  private StandardPlugins() {}

  /** The artifact that brings an extension. */
  static Optional<String> bringing(Class<?> point, String name) {
    try (InputStream in = StandardPlugins.class.getResourceAsStream(LIST)) {
      if (in == null) {
        throw new IllegalStateException(LIST + " is not beside " + StandardPlugins.class);
      }
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      return lines
          .lines()
          .map(line -> line.split(" ", -1))
          .filter(words -> words[0].equals(point.getName()) && words[1].equals(name))
          .map(words -> words[2])
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
