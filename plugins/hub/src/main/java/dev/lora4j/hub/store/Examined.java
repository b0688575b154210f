package dev.lora4j.hub.store;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.reading.Examination;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.core.safetensors.SafetensorsException;
import dev.lora4j.hub.web.HubException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a whole file turned out to be.
 *
 * @param family of the base that it is for, if that is a known one
 * @param warnings sentences for the user; lora4j refuses an adapter with some of them
 */
record Examined(Optional<Family> family, List<String> warnings) {
  /** Numbers are computed with on the heap, in up to four bytes each. */
  private static final int SHARE_OF_HEAP = 6;

  /** Copies the list. */
  Examined {
    warnings = List.copyOf(warnings);
  }

  /**
   * Examines an adapter before it gets its name.
   *
   * @param name by which messages call it
   * @throws HubException if it is none
   */
  static Examined of(Path path, String name, long bytes) throws IOException {
    try {
      AdapterFiles.requireAdapter(path);
      if (bytes > Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP) {
        return new Examined(
            Optional.empty(),
            List.of(name + " is large, so only its header was examined; inspect looks at all."));
      }
      return of(AdapterFiles.examine(path, ReadOptions.STRICT), path, name);
    } catch (SafetensorsException | AdapterException e) {
      throw new HubException(named(String.valueOf(e.getMessage()), path, name), e);
    }
  }

  private static Examined of(Examination found, Path path, String name) {
    boolean layers = !found.matched().isEmpty() || !found.unmatched().isEmpty();
    if (!layers && found.notFinite().isEmpty()) {
      throw new HubException(
          name + " is a safetensors file, but none of its tensors is a part of an adapter.");
    }
    List<String> warnings = new ArrayList<>();
    found
        .problems()
        .forEach(p -> warnings.add("lora4j refuses it as it is: " + named(p, path, name)));
    found.warnings().forEach(w -> warnings.add(named(w, path, name)));
    return new Examined(Optional.of(found.family()).filter(f -> found.known() && layers), warnings);
  }

  private static String named(String text, Path path, String name) {
    return text.replace(path.toString(), name);
  }

  /** Bytes of a file, or of the files in a folder. */
  static long bytes(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return Files.size(path);
    }
    long bytes = 0;
    try (var all = Files.list(path)) {
      for (Path file : all.toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }
}
