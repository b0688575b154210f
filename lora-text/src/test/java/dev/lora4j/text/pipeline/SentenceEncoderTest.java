package dev.lora4j.text.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.text.encode.EncoderText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SentenceEncoderTest {
  private static final float CLOSE = 1e-5f;

  @TempDir private Path folder;

  private static void modules(Path model, String last) throws IOException {
    Files.writeString(
        model.resolve("modules.json"),
        """
        [{"path":"","type":"sentence_transformers.models.Transformer"},
         {"path":"1_Pooling","type":"sentence_transformers.models.Pooling"},
         {"path":"2","type":"sentence_transformers.models.%s"}]
        """
            .formatted(last));
    Files.writeString(
        Files.createDirectories(model.resolve("1_Pooling")).resolve("config.json"),
        "{\"pooling_mode_mean_tokens\":true}");
    Files.writeString(model.resolve("sentence_bert_config.json"), "{\"max_seq_length\":8}");
  }

  @Test
  void embeddingsAreWhatTheFolderSays() throws IOException {
    Path model = SmallClassifier.write("bert-plain", folder.resolve("model"));
    modules(model, "Normalize");
    try (Lora4j lora = Lora4j.open();
        SentenceEncoder encoder = SentenceEncoder.open(lora, model)) {
      List<String> texts = List.of("a fox", "a", "the cat");
      List<float[]> found = encoder.encode(texts.stream().map(encoder::text).toList());
      List<float[]> means = encoder.model().embeddings(texts);
      for (int i = 0; i < texts.size(); i++) {
        assertEquals(encoder.width(), found.get(i).length);
        assertArrayEquals(unit(means.get(i)), found.get(i), CLOSE, texts.get(i));
      }
      String message =
          String.valueOf(
              assertThrows(IllegalArgumentException.class, () -> encoder.text("a fox ".repeat(9)))
                  .getMessage());
      assertTrue(message.contains("reads 1 to 8"), message);
      List<EncoderText> many = texts.stream().map(encoder::text).toList();
      assertThrows(
          CancellationException.class,
          () ->
              encoder.encode(
                  many,
                  done -> {
                    throw new CancellationException("enough");
                  }));
    }
  }

  private static float[] unit(float[] vector) {
    double square = 0;
    for (float value : vector) {
      square += value * value;
    }
    float[] unit = vector.clone();
    for (int i = 0; i < unit.length; i++) {
      unit[i] /= (float) Math.sqrt(square);
    }
    return unit;
  }

  @Test
  void unknownModuleIsRefused() throws IOException {
    Path model = SmallClassifier.write("bert-plain", folder.resolve("model"));
    modules(model, "Dense");
    try (Lora4j lora = Lora4j.open()) {
      String message =
          String.valueOf(
              assertThrows(ModelException.class, () -> SentenceEncoder.open(lora, model))
                  .getMessage());
      assertTrue(message.contains("Dense"), message);
    }
  }
}
