package dev.lora4j.flow.sd3;

import dev.lora4j.flow.Goldens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Changed copies of the tiny pipeline. */
final class TinyPipeline {
  private TinyPipeline() {}

  /** A copy in a folder of its own. */
  static Path copy(Path folder) {
    try (Stream<Path> files = Files.walk(Goldens.PIPELINE)) {
      for (Path from : files.toList()) {
        Path to = folder.resolve(Goldens.PIPELINE.relativize(from).toString());
        if (Files.isDirectory(from)) {
          Files.createDirectories(to);
        } else {
          Files.copy(from, to);
        }
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A copy without a component, which its index says too. */
  static Path without(Path folder, String part) {
    remove(copy(folder), part);
    edit(
        folder.resolve("model_index.json"),
        json ->
            json.replaceAll("\"" + part + "\": \\[[^\\]]*\\]", "\"" + part + "\": [null, null]"));
    return folder;
  }

  /** Removes a folder of a copy. */
  static void remove(Path folder, String part) {
    try (Stream<Path> files = Files.list(folder.resolve(part))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder.resolve(part));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Changes a text file. */
  static void edit(Path file, UnaryOperator<String> change) {
    try {
      String before = Files.readString(file);
      String after = change.apply(before);
      if (after.equals(before)) {
        throw new IllegalArgumentException("Nothing changed in " + before);
      }
      Files.writeString(file, after);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
