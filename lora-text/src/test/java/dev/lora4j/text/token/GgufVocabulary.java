package dev.lora4j.text.token;

import dev.lora4j.core.gguf.GgufFile;
import dev.lora4j.core.gguf.GgufMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The metadata of a GGUF file, of which a vocabulary is made. */
final class GgufVocabulary {
  private GgufVocabulary() {}

  /** Writes the vocabulary of a file as a model of SentencePiece with LLaMA's settings. */
  static void writeSentencePiece(Path gguf, Path target) throws IOException {
    GgufMetadata found = GgufFile.open(gguf).metadata();
    List<String> tokens = found.texts("tokenizer.ggml.tokens");
    List<Float> scores = found.reals("tokenizer.ggml.scores");
    List<Integer> kinds = found.wholes("tokenizer.ggml.token_type", 1, 6);
    SentencePieceFile file = new SentencePieceFile();
    for (int i = 0; i < tokens.size(); i++) {
      file.piece(tokens.get(i), scores.get(i), kinds.get(i));
    }
    Files.write(target, file.bpe(true, false));
  }
}
