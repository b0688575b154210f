package dev.lora4j.flow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Changed copies of a tiny pipeline. */
public record TinyPipeline(Path source) {
  /** Stable Diffusion 3.5 Medium. */
  public static final TinyPipeline SD3 = new TinyPipeline(Goldens.PIPELINE);

  /** FLUX.1 [dev]. */
  public static final TinyPipeline FLUX =
      new TinyPipeline(Goldens.RESOURCES.resolve("flux/tiny-flux"));

  /** Z-Image. */
  public static final TinyPipeline ZIMAGE =
      new TinyPipeline(Goldens.RESOURCES.resolve("zimage/tiny-zimage"));

  /** FLUX.2 [klein]. */
  public static final TinyPipeline KLEIN =
      new TinyPipeline(Goldens.RESOURCES.resolve("flux2/tiny-klein"));

  /** A copy in a folder of its own. */
  public Path copy(Path folder) {
    try (Stream<Path> files = Files.walk(source)) {
      for (Path from : files.toList()) {
        Path to = folder.resolve(source.relativize(from).toString());
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
  public Path without(Path folder, String part) {
    remove(copy(folder), part);
    edit(
        folder.resolve("model_index.json"),
        json ->
            json.replaceAll("\"" + part + "\": \\[[^\\]]*\\]", "\"" + part + "\": [null, null]"));
    return folder;
  }

  /** Copies one component into a folder. */
  public void copyPart(Path folder, String part) {
    new TinyPipeline(source.resolve(part)).copy(folder.resolve(part));
  }

  /** Removes a folder of a copy. */
  public static void remove(Path folder, String part) {
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
  public static void edit(Path file, UnaryOperator<String> change) {
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
