package dev.lora4j.core.model;

import dev.lora4j.core.identity.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Copies files into the module's resources, with the index that {@link BundledFiles} reads. */
public final class BundleIndex {
  private BundleIndex() {}

  /**
   * Copies folders and writes the index.
   *
   * @param parts the folders in {@code work}
   * @param resources the package's folder among a module's resources
   */
  public static void write(Path work, List<String> parts, Path resources) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String part : parts) {
      try (Stream<Path> walk = Files.walk(work.resolve(part))) {
        for (Path file : walk.filter(Files::isRegularFile).sorted().toList()) {
          String name = work.relativize(file).toString().replace('\\', '/');
          byte[] content = Files.readAllBytes(file);
          lines.add(Digests.hex(content) + " " + name);
          Path target = resources.resolve("files").resolve(name);
          Files.createDirectories(target.getParent());
          Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
    Files.writeString(resources.resolve("index.txt"), String.join("\n", lines) + "\n");
  }
}
