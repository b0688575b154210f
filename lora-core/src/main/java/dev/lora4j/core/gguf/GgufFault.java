package dev.lora4j.core.gguf;

import dev.lora4j.core.gguf.GgufException.Kind;
import dev.lora4j.core.safetensors.QuotedText;
import java.nio.file.Path;

/**
 * Makes the errors about one file.
 *
 * @param file its name in messages
 */
record GgufFault(Path file) {
  /** Error about the file; {@code message} follows its name. */
  GgufException of(Kind kind, String message) {
    return new GgufException(kind, file + " " + message);
  }

  /** Error about the value of a key; {@code message} follows the key. */
  GgufException key(Kind kind, String key, String message) {
    return of(kind, "is damaged: key " + QuotedText.of(key) + " " + message);
  }

  /** Error about a tensor; {@code message} follows its name. */
  GgufException tensor(Kind kind, String tensor, String message) {
    return of(kind, "is damaged: tensor " + QuotedText.of(tensor) + " " + message);
  }
}
