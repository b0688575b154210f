package dev.lora4j.cli.generate;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Printable;
import dev.lora4j.cli.file.FilesByName;
import dev.lora4j.core.format.reading.AdapterFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The adapters of one folder by name, without {@code .safetensors}; PEFT's folders too. */
final class LoraFolder {
  private final FilesByName files;

  LoraFolder(Path folder) {
    files = new FilesByName(folder, ".safetensors", AdapterFiles::folder);
  }

  /** The file of the adapter called {@code name}, if there is one. */
  Optional<Path> find(String name) {
    return files.find(name);
  }

  /** The file of the adapter called {@code name}. */
  Path require(String name) {
    return find(name)
        .orElseThrow(
            () -> {
              List<String> near = files.nearest(name);
              return new Failure(
                  files.folder()
                      + " has no adapter "
                      + Printable.of(name, 80)
                      + (files.all().isEmpty()
                          ? "; there are none in it."
                          : near.isEmpty() ? "." : "; nearest: " + String.join(", ", near) + ".")
                      + " --lora-dir names another folder.");
            });
  }
}
