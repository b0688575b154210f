package dev.lora4j.server.command;

import dev.lora4j.cli.file.ExistingPath;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A base on the command line: {@code PATH} or {@code NAME=PATH}.
 *
 * @param name by which clients call it
 */
record BaseOption(String name, Path path) {
  /** Refuses a path that is not there. */
  void require() {
    ExistingPath.any(path);
  }

  /** Reads the forms above. */
  static final class Reader implements ITypeConverter<BaseOption> {
    @Override
    public BaseOption convert(String text) {
      int equals = text.indexOf('=');
      if (equals > 0 && !Files.exists(Path.of(text))) {
        return new BaseOption(text.substring(0, equals), Path.of(text.substring(equals + 1)));
      }
      if (text.isBlank() || equals == 0) {
        throw new TypeConversionException("expected PATH or NAME=PATH, found '" + text + "'");
      }
      Path path = Path.of(text);
      String file = String.valueOf(path.toAbsolutePath().normalize().getFileName());
      return new BaseOption(file.replaceFirst("\\.safetensors$", ""), path);
    }
  }
}
