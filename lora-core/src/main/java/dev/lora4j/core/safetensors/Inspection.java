package dev.lora4j.core.safetensors;

import dev.lora4j.core.safetensors.SafetensorsException.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** One file under examination: makes its errors, and collects as warnings what is tolerated. */
final class Inspection {
  private final Path file;
  private final Set<Tolerance> tolerated;
  private final List<String> warnings = new ArrayList<>();

  Inspection(Path file, Set<Tolerance> tolerated) {
    this.file = file;
    this.tolerated = Set.copyOf(tolerated);
  }

  /** An error about the file; {@code message} goes on after the file's name. */
  SafetensorsException fault(Kind kind, String message) {
    return new SafetensorsException(kind, file + " " + message);
  }

  /** An error about one tensor; {@code message} goes on after the tensor's name. */
  SafetensorsException fault(Kind kind, String tensor, String message) {
    return fault(kind, "is damaged: tensor " + Quoted.of(tensor) + " " + message);
  }

  /** Notes a malformation that is tolerated, or throws. */
  void report(Tolerance tolerance, String message) {
    if (!tolerated.contains(tolerance)) {
      throw fault(tolerance.kind(), message);
    }
    warnings.add(file + " " + message);
  }

  List<String> warnings() {
    return List.copyOf(warnings);
  }
}
