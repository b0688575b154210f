package dev.lora4j.server.embedding;

import dev.lora4j.text.encode.EncoderText;
import java.util.List;

/**
 * Texts of one request whose vectors were asked for.
 *
 * @param texts with their adapters
 */
record AskedVectors(List<EncoderText> texts) {
  /** Copies the list. */
  AskedVectors {
    texts = List.copyOf(texts);
  }

  /** Number of all tokens, which is what they are charged. */
  static int tokens(List<EncoderText> texts) {
    return texts.stream().mapToInt(text -> text.ids().length).sum();
  }
}
