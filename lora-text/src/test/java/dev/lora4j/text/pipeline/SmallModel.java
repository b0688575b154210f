package dev.lora4j.text.pipeline;

import dev.lora4j.text.llama.NewLlama;
import dev.lora4j.text.token.BytePairTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small model from chance, whose vocabulary knows a few words. */
public final class SmallModel {
  /** What the vocabulary is made of. */
  public static final String TEXT =
      "The cat sat on the mat. The dog ran to the cat, and the cat ran to the dog. ".repeat(20);

  private SmallModel() {}

  /** Writes it. */
  public static Path write(Path folder) throws IOException {
    new NewLlama(300, 32, 64, 2, 2, 2, false, 64).write(folder, 1);
    Files.writeString(
        folder.resolve("tokenizer.json"), new BytePairTrainer().add(TEXT).train(300, "<end>"));
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"tokenizer_class\": \"PreTrainedTokenizerFast\", \"eos_token\": \"<end>\"}");
    return folder;
  }
}
