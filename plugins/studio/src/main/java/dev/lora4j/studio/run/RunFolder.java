package dev.lora4j.studio.run;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The folder of a training, whoever began it.
 *
 * @param id name of its adapter in the library
 * @param path the folder
 */
record RunFolder(String id, Path path) {
  /** The place of the adapter if it is a file. */
  Path adapterFile() {
    return path.resolveSibling(stem() + ".safetensors");
  }

  /** The place of the adapter if it is a folder. */
  Path adapterFolder() {
    return path.resolveSibling(stem());
  }

  private String stem() {
    String name = path.getFileName().toString();
    return name.substring(0, name.length() - RunFiles.ENDING.length());
  }

  /** The adapter, where it is or will be. */
  Path adapter() {
    return pictures() || Files.exists(adapterFile()) ? adapterFile() : adapterFolder();
  }

  /** True if it learns from pictures, by the keys of its settings. */
  boolean pictures() {
    return Files.exists(settings()) && !RecordedRun.ofTexts(settings());
  }

  Path table() {
    return path.resolve(RunFiles.TABLE);
  }

  Path settings() {
    return path.resolve(RunFiles.SETTINGS);
  }

  Path checkpoints() {
    return path.resolve(RunFiles.CHECKPOINTS);
  }

  Path previews() {
    return path.resolve(RunFiles.PREVIEWS);
  }

  Path adapters() {
    return path.resolve(RunFiles.ADAPTERS);
  }
}
