package dev.lora4j.server.command;

import dev.lora4j.core.tensor.AutoDType;
import java.nio.file.Path;

/** Where a server keeps what it remembers from run to run. */
final class ServerFolder {
  private ServerFolder() {}

  /** The folder, below {@code LORA4J_HOME}. */
  static Path path() {
    return AutoDType.home().resolve("server");
  }
}
