package dev.lora4j.server.openai;

import com.google.gson.JsonElement;
import dev.lora4j.server.embedding.EncoderService;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import java.util.List;
import java.util.Optional;

/**
 * Body of {@code POST /v1/embeddings}.
 *
 * @param base64 true for the bytes of the numbers instead of the numbers; OpenAI's own client asks
 *     for them unless it is told otherwise
 */
record EmbeddingRequest(List<String> texts, boolean base64) {
  private static final int MOST_TEXTS = 2048;

  /** Copies the list. */
  EmbeddingRequest {
    texts = List.copyOf(texts);
  }

  /**
   * Reads the body.
   *
   * @throws FieldException if a field has a value that cannot be used
   */
  static EmbeddingRequest of(JsonFields body, EncoderService service) {
    JsonElement value =
        body.any("input")
            .orElseThrow(() -> body.missing("input", "a text, tokens, or a list of either"));
    List<String> texts = CompletionRequest.texts("input", value, service.model().tokenizer(), true);
    if (texts.isEmpty() || texts.size() > MOST_TEXTS) {
      throw new FieldException(
          "input", "input must be 1 to " + MOST_TEXTS + " texts, found " + texts.size() + ".");
    }
    int width = service.width();
    if (body.integer("dimensions", 1, Integer.MAX_VALUE).orElse(width) != width) {
      throw new FieldException(
          "dimensions",
          "dimensions must be " + width + ", the size of " + service.name() + ", or left out.");
    }
    Optional<String> format =
        ImageRequest.choice(body, "encoding_format", List.of("float", "base64"));
    return new EmbeddingRequest(texts, format.equals(Optional.of("base64")));
  }
}
