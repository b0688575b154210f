package dev.lora4j.text.pipeline;

import dev.lora4j.text.token.TinyTokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A small model from chance, whose vocabulary knows few words. */
public final class SmallClassifier {
  private SmallClassifier() {}

  /**
   * Writes one of {@code golden/encoder_models.py}, {@code decoder_classifiers.py} or {@code
   * causal_models.py}.
   */
  public static Path write(String name, Path folder) throws IOException {
    Files.createDirectories(folder);
    Path from = Path.of("src/test/resources/models", name);
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(from.resolve(file), folder.resolve(file));
    }
    return TinyTokenizers.bert(folder);
  }
}
