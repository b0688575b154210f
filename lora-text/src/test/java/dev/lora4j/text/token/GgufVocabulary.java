package dev.lora4j.text.token;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The metadata of a GGUF file, of which a vocabulary is made. */
final class GgufVocabulary {
  private static final int STRING = 8;
  private static final int ARRAY = 9;

  private final ByteBuffer content;
  private final Map<String, Object> metadata = new HashMap<>();

  private GgufVocabulary(ByteBuffer content) {
    this.content = content.order(ByteOrder.LITTLE_ENDIAN);
    content.position(16); // magic, version, number of tensors
    long entries = content.getLong();
    for (long i = 0; i < entries; i++) {
      String key = text();
      metadata.put(key, value(content.getInt()));
    }
  }

  /** Writes the vocabulary of a file as a model of SentencePiece with LLaMA's settings. */
  static void writeSentencePiece(Path gguf, Path target) throws IOException {
    Map<String, Object> found =
        new GgufVocabulary(ByteBuffer.wrap(Files.readAllBytes(gguf))).metadata;
    List<?> tokens = (List<?>) found.get("tokenizer.ggml.tokens");
    List<?> scores = (List<?>) found.get("tokenizer.ggml.scores");
    List<?> kinds = (List<?>) found.get("tokenizer.ggml.token_type");
    SentencePieceFile file = new SentencePieceFile();
    for (int i = 0; i < tokens.size(); i++) {
      file.piece((String) tokens.get(i), (Float) scores.get(i), (Integer) kinds.get(i));
    }
    Files.write(target, file.bpe(true, false));
  }

  private String text() {
    byte[] bytes = new byte[Math.toIntExact(content.getLong())];
    content.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private Object value(int kind) {
    return switch (kind) {
      case 0, 1, 7 -> (int) content.get();
      case 2, 3 -> (int) content.getShort();
      case 4, 5 -> content.getInt();
      case 6 -> content.getFloat();
      case STRING -> text();
      case ARRAY -> {
        int of = content.getInt();
        long count = content.getLong();
        List<Object> all = new ArrayList<>();
        for (long i = 0; i < count; i++) {
          all.add(value(of));
        }
        yield all;
      }
      case 10, 11 -> content.getLong();
      case 12 -> content.getDouble();
      default -> throw new IllegalArgumentException("kind " + kind);
    };
  }
}
