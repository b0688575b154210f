package dev.lora4j.diffusion.clip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.safetensors.SafetensorsException;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddingFileTest {
  @TempDir private Path folder;

  private Path write(String name, Map<String, HostTensor> tensors) {
    Path file = folder.resolve(name);
    SafetensorsWriter writer = new SafetensorsWriter();
    tensors.forEach((key, t) -> writer.add(key, t.dtype(), t.shape(), t.bytes()));
    writer.write(file);
    return file;
  }

  private static HostTensor rows(int count, int width) {
    double[] values = new double[count * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = 0.25 * i;
    }
    return HostTensor.of(DType.F16, Shape.of(count, width), values);
  }

  @Test
  void theLayoutsOfAllTools() {
    Embedding a1111 =
        EmbeddingFile.read(write("ink.safetensors", Map.of("emb_params", rows(2, 4))));
    assertEquals(List.of("ink"), a1111.words());
    assertEquals(2, a1111.count());
    Embedding diffusers =
        EmbeddingFile.read(write("learned_embeds.safetensors", Map.of("<ink>", rows(2, 4))));
    assertEquals(List.of("learned_embeds", "<ink>"), diffusers.words());
    assertEquals(a1111.identity(), diffusers.identity());
    HostTensor one = rows(1, 4).reshape(Shape.of(4));
    Embedding single = EmbeddingFile.read(write("one.safetensors", Map.of("<ink>", one)));
    assertEquals(1, single.count());
    assertNotEquals(a1111.identity(), single.identity());
    Embedding both =
        EmbeddingFile.read(
            write("xl.safetensors", Map.of("clip_l", rows(2, 4), "clip_g", rows(2, 6))));
    assertEquals(Optional.empty(), both.token());
    assertEquals(6, both.vectors().get(Embedding.CLIP_G).shape().size(1));
  }

  @Test
  void renamedEmbeddingKeepsItsIdentity() {
    Embedding ink = EmbeddingFile.read(write("ink.safetensors", Map.of("emb_params", rows(2, 4))));
    assertEquals(ink.identity(), ink.named("oil").identity());
    assertEquals(List.of("oil"), ink.named("oil").words());
  }

  @Test
  void filesThatAreNoTextualInversionAreRefused() {
    refused(Map.of("clip_l", rows(2, 4), "clip_g", rows(3, 6)), "3 vectors for one");
    refused(
        Map.of("lora_unet_mid.lora_up.weight", rows(2, 4), "lora_unet_mid.alpha", rows(1, 1)),
        "Adapters are given as such");
    refused(Map.of("lora_unet_mid.lora_up.weight", rows(2, 4)), "expected one tensor");
    refused(Map.of("clip_l", rows(2, 4), "t5", rows(2, 4)), "no text encoder for");
    refused(Map.of("a", rows(2, 4).reshape(Shape.of(2, 2, 2))), "[vectors, width]");
    refused(Map.of("a", HostTensor.of(Shape.of(1, 2), 1, Float.NaN)), "not finite");
    refused(
        Map.of("a", HostTensor.owning(DType.I32, Shape.of(1, 1), new byte[4])), "floating-point");
  }

  private void refused(Map<String, HostTensor> tensors, String why) {
    Path file = write("bad.safetensors", tensors);
    String message =
        assertThrows(EmbeddingException.class, () -> EmbeddingFile.read(file)).getMessage();
    assertTrue(message.contains(why), message);
  }

  @Test
  void picklesAreNeverOpened() throws IOException {
    for (String ending : EmbeddingFile.PICKLES) {
      Path file = Files.write(folder.resolve("ink" + ending), new byte[] {1, 2, 3});
      String message =
          assertThrows(EmbeddingException.class, () -> EmbeddingFile.read(file)).getMessage();
      assertTrue(message.contains("never opened"), message);
      assertTrue(message.endsWith(" ink" + ending + " ink.safetensors"), message);
    }
    Path renamed = Files.write(folder.resolve("x.safetensors"), new byte[] {'P', 'K', 3, 4, 0, 0});
    assertThrows(SafetensorsException.class, () -> EmbeddingFile.read(renamed));
  }
}
