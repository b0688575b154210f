package dev.lora4j.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.encode.EncoderOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encoders out of ONNX files ({@code golden/onnx_models.py}). */
class OnnxParityTest {
  private static final Engine ENGINE = Engine.open(EngineOptions.DEFAULT.threads(1));
  private static final Path RESOURCES = Path.of("src/test/resources");
  private static final Path MODELS = Path.of("../../lora-text/src/test/resources/models");

  @TempDir Path folder;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  @Test
  void exportedOnnxEncoderEqualsItsSource() throws IOException {
    Path tokenizer = Files.writeString(folder.resolve("some.json"), "{}");
    Path model = folder.resolve("model");
    OnnxEncoder.write(RESOURCES.resolve("bert-words.onnx"), tokenizer, model);
    assertEquals("{}", Files.readString(model.resolve("tokenizer.json")));
    Path expected = MODELS.resolve("bert-words/expected.safetensors");
    try (Scope scope = ENGINE.scope("exported")) {
      ExportedEncoder encoder = new ExportedEncoder(scope, model, expected);
      close(encoder.error(EncoderOutput.TOKENS, "hidden", 0));
    }
  }

  /** all-MiniLM-L6-v2 gives what onnxruntime makes of its file. */
  @Test
  @Tag("shared-data")
  void sentenceEmbeddingsAreThoseOfOnnxruntime() {
    Path files = Path.of(System.getProperty("lora4j.minilm", ""));
    OnnxEncoder.write(
        files.resolve("all-minilm-l6-v2.onnx"),
        files.resolve("all-minilm-l6-v2-tokenizer.json"),
        folder);
    try (Scope scope = ENGINE.scope("minilm")) {
      Path expected = RESOURCES.resolve("minilm.safetensors");
      ExportedEncoder encoder = new ExportedEncoder(scope, folder, expected);
      close(encoder.error(EncoderOutput.MEAN, "mean", 0));
      close(encoder.error(EncoderOutput.TOKENS, "hidden", 2));
    }
  }

  private static void close(double error) {
    assertTrue(error <= 1e-5, "off by " + error + " of its scale");
  }
}
