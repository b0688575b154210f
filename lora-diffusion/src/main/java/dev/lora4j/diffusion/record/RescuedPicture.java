package dev.lora4j.diffusion.record;

import dev.lora4j.core.tensor.AutoDType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A finished picture that could not be written where it was to be: it may have taken minutes, so it
 * is put where there is a place for it.
 */
final class RescuedPicture {
  private static final String FOLDER = "rescued";

  private RescuedPicture() {}

  /** Writes a picture to the first place that takes it, and returns that; empty if none does. */
  static Optional<Path> keep(Path wanted, byte[] png) {
    String name = UUID.randomUUID().toString().substring(0, 8) + "-" + wanted.getFileName();
    for (String place : List.of(AutoDType.home().toString(), ".", temporary())) {
      try {
        Path folder = Path.of(place).toAbsolutePath().normalize();
        Path file = (place.equals(".") ? folder : folder.resolve(FOLDER)).resolve(name);
        PngFile.write(file, png);
        if (Files.size(file) == png.length) {
          return Optional.of(file);
        }
      } catch (IOException | InvalidPathException | UnsupportedOperationException e) {
        // The next place may take it; the caller reports the error of the wanted one.
      }
    }
    return Optional.empty();
  }

  private static String temporary() {
    return System.getProperty("java.io.tmpdir", "/tmp");
  }
}
