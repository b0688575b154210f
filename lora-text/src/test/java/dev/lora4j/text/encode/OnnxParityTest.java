package dev.lora4j.text.encode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.onnx.OnnxEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encoders out of ONNX files ({@code golden/onnx_models.py}). */
class OnnxParityTest {
  private static final Engine ENGINE = Engine.open(1);
  private static final Path RESOURCES = GoldenEncoder.RESOURCES;

  @TempDir Path folder;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  @Test
  void exportedOnnxEncoderEqualsItsSource() throws IOException {
    Path tokenizer = Files.writeString(folder.resolve("some.json"), "{}");
    Path model = folder.resolve("model");
    OnnxEncoder.write(RESOURCES.resolve("onnx/bert-words.onnx"), tokenizer, model);
    assertEquals("{}", Files.readString(model.resolve("tokenizer.json")));
    Path expected = RESOURCES.resolve("models/bert-words/expected.safetensors");
    try (Scope scope = ENGINE.scope("exported")) {
      GoldenEncoder encoder = new GoldenEncoder(scope, model, expected);
      List<float[]> tokens = encoder.encoding().of(EncoderOutput.TOKENS, encoder.texts());
      close(GoldenEncoder.error(tokens, encoder.reference("hidden")));
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
      Path expected = RESOURCES.resolve("onnx/minilm.safetensors");
      GoldenEncoder encoder = new GoldenEncoder(scope, folder, expected);
      List<float[]> mean = encoder.encoding().of(EncoderOutput.MEAN, encoder.texts());
      close(GoldenEncoder.error(mean, encoder.reference("mean")));
      List<EncoderText> last = encoder.texts().subList(2, 3);
      close(
          GoldenEncoder.error(
              encoder.encoding().of(EncoderOutput.TOKENS, last), encoder.reference("hidden")));
    }
  }

  private static void close(double error) {
    assertTrue(error <= 1e-5, "off by " + error + " of its scale");
  }
}
