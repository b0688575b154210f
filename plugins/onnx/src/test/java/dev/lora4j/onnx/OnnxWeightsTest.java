package dev.lora4j.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxWeightsTest {
  private static final Path FILE = Path.of("src/test/resources/bert-words.onnx");
  private static final Path MODEL = Path.of("../../lora-text/src/test/resources/models/bert-words");

  @TempDir Path folder;

  @Test
  void tensorsAreThoseOfTheExportedModel() {
    OnnxWeights onnx = OnnxWeights.open(FILE);
    String words = "embeddings.word_embeddings.weight";
    HostTensor table = onnx.tensor(words);
    assertEquals(Shape.of(80, 32), table.shape());
    try (TensorStore model = TensorStore.open(MODEL.resolve("model.safetensors"))) {
      assertEquals(model.read("bert." + words), table.bytes());
    }
    assertTrue(
        assertThrows(ModelException.class, () -> onnx.tensor("nothing"))
            .getMessage()
            .contains("has no tensor nothing"));
  }

  /** Wherever a file is cut or a byte is changed, it is read or refused by name. */
  @Test
  void damagedFilesAreRefusedByName() throws IOException {
    byte[] whole = Files.readAllBytes(FILE);
    Random random = new Random(5);
    int refused = 0;
    for (int i = 0; i < 400; i++) {
      byte[] damaged = Arrays.copyOf(whole, i < 200 ? random.nextInt(whole.length) : whole.length);
      for (int change = 0; i >= 200 && change < 40; change++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      Path file = Files.write(folder.resolve("damaged.onnx"), damaged);
      try {
        OnnxWeights onnx = OnnxWeights.open(file);
        onnx.names().forEach(onnx::tensor);
      } catch (ModelException e) {
        assertTrue(String.valueOf(e.getMessage()).contains("damaged.onnx"), e.getMessage());
        refused++;
      }
    }
    assertTrue(refused > 200, refused + " refused");
  }

  @Test
  void otherModelsAreRefusedBeforeAnythingIsWritten() throws IOException {
    Path other =
        Files.write(
            folder.resolve("other.onnx"), message(7, message(5, message(8, new byte[] {'w'}))));
    Path tokenizer = Files.writeString(folder.resolve("tokenizer.json"), "{}");
    Path written = folder.resolve("written");
    ModelException e =
        assertThrows(ModelException.class, () -> OnnxEncoder.write(other, tokenizer, written));
    assertTrue(String.valueOf(e.getMessage()).contains("is no BERT"), e.getMessage());
    assertFalse(Files.exists(written));
  }

  /** A field of bytes in the wire format, shorter than 128. */
  private static byte[] message(int field, byte[] content) {
    byte[] bytes = new byte[content.length + 2];
    bytes[0] = (byte) (field << 3 | 2);
    bytes[1] = (byte) content.length;
    System.arraycopy(content, 0, bytes, 2, content.length);
    return bytes;
  }
}
