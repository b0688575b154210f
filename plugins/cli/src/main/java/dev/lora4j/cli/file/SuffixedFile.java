package dev.lora4j.cli.file;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A file on the command line and what stands behind it after a colon: {@code ink.safetensors:0.7}.
 *
 * @param suffix the part after the colon, whether it makes sense or not
 */
public record SuffixedFile(Path file, Optional<String> suffix) {
  private static final List<String> ENDINGS = List.of(".safetensors", ".gguf");

  /**
   * Finds where the file ends. A file that is there may have colons in its name, and a folder of
   * PEFT's has no ending.
   *
   * @throws java.nio.file.InvalidPathException if there can be no such file
   */
  public static SuffixedFile of(String text) {
    if (!Files.exists(Path.of(text))) {
      for (int at = text.indexOf(':', 1); at > 0; at = text.indexOf(':', at + 1)) {
        String head = text.substring(0, at);
        String tail = text.substring(at + 1);
        if (ENDINGS.stream().anyMatch(head.toLowerCase(Locale.ROOT)::endsWith)
            || Files.exists(Path.of(head))
            || tail.matches("[-+]?\\.?[0-9].*|rank=.*")) {
          return new SuffixedFile(Path.of(head), Optional.of(tail));
        }
      }
    }
    return new SuffixedFile(Path.of(text), Optional.empty());
  }
}
