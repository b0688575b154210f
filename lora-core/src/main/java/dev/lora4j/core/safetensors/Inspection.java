package dev.lora4j.core.safetensors;

import dev.lora4j.core.safetensors.SafetensorsException.Kind;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Examination of one file: makes its errors, and collects tolerated ones as warnings. */
final class Inspection {
  private final Path file;
  private final Set<Leniency> tolerated;
  private final Map<Leniency, String> first = new EnumMap<>(Leniency.class);
  private final Map<Leniency, Integer> count = new EnumMap<>(Leniency.class);

  Inspection(Path file, Set<Leniency> tolerated) {
    this.file = file;
    this.tolerated = Set.copyOf(tolerated);
  }

  /** Exception about the file; {@code message} follows the file's name. */
  SafetensorsException fault(Kind kind, String message) {
    return new SafetensorsException(kind, file + " " + message);
  }

  /** Exception about one tensor; {@code message} follows the tensor's name. */
  SafetensorsException fault(Kind kind, String tensor, String message) {
    return fault(kind, "is damaged: tensor " + QuotedText.of(tensor) + " " + message);
  }

  /** Exception for an I/O error; {@code action} follows the file's name. */
  static SafetensorsException io(Path file, String action, IOException cause) {
    String reason;
    if (cause instanceof NoSuchFileException) {
      reason = "no such file or folder";
    } else if (cause instanceof AccessDeniedException) {
      reason = "permission denied";
    } else if (cause instanceof FileSystemException of && of.getReason() != null) {
      reason = of.getReason();
    } else {
      reason = String.valueOf(cause.getMessage());
    }
    return new SafetensorsException(Kind.IO, file + " " + action + ": " + reason + ".", cause);
  }

  /** Notes a malformation that is tolerated, or throws. */
  void report(Leniency tolerance, Supplier<String> message) {
    if (!tolerated.contains(tolerance)) {
      throw fault(tolerance.kind(), message.get());
    }
    // One sentence for each kind, however many of them a hostile file has.
    count.merge(tolerance, 1, Integer::sum);
    first.computeIfAbsent(tolerance, t -> file + " " + message.get());
  }

  List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    first.forEach(
        (tolerance, message) -> {
          int more = count.getOrDefault(tolerance, 1) - 1;
          warnings.add(more == 0 ? message : message + " There are " + more + " more like it.");
        });
    return List.copyOf(warnings);
  }
}
