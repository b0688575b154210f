package dev.lora4j.cli.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What inspect says of base models. */
class InspectBaseTest {
  private static final String ATTENTION =
      "model.diffusion_model.input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight";

  @TempDir private Path folder;

  private static Path write(Path file, String name, long... sizes) throws IOException {
    Files.createDirectories(file.getParent());
    Shape shape = Shape.of(sizes);
    byte[] zeros = new byte[Math.toIntExact(DType.F16.bytes(shape.elements()))];
    new SafetensorsWriter().add(name, DType.F16, shape, zeros).write(file);
    return file;
  }

  @Test
  void checkpointFamilyAndMissingLayersAreShown() throws IOException {
    Path file = write(folder.resolve("xl.safetensors"), ATTENTION, 640, 2048);
    Run run = Run.of("inspect", file);
    assertEquals(0, run.code(), run.err());
    assertTrue(
        run.out().contains("Base: Stable Diffusion XL (sdxl) in its original layout"), run.out());
    assertTrue(run.out().contains("  layers: unet 1\n"), run.out());
    assertTrue(run.out().contains("layers of its kind: unet.conv_in, "), run.out());
    JsonObject base = Run.of("inspect", file, "--json").json().getAsJsonObject("base");
    assertEquals("sdxl", base.get("family").getAsString());
    assertTrue(base.get("originalLayout").getAsBoolean());
    assertEquals(1, base.getAsJsonObject("layers").get("unet").getAsInt());
  }

  @Test
  void folderOfUnknownFamilyHasLayersCounted() {
    Run run = Run.of("inspect", Run.TINY_SD);
    assertTrue(run.out().contains("Base: of no kind that is known by name; "), run.out());
    assertFalse(run.out().contains("without"), run.out());
  }

  @Test
  void weightsInFewBitsAreCounted() {
    Path model = Path.of("../../lora-text/src/test/resources/quantised/nf4");
    Run run = Run.of("inspect", model);
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("  weights in few bits: nf4 14\n"), run.out());
    JsonObject base = Run.of("inspect", model, "--json").json().getAsJsonObject("base");
    assertEquals(14, base.getAsJsonObject("fewBits").get("nf4").getAsInt());
  }

  @Test
  void packedWeightsAreSaidToNeedAConversion() {
    Path model =
        Path.of("../../lora-core/src/test/resources/dev/lora4j/core/model/packed/llama-gptq");
    Run run = Run.of("inspect", model);
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("Cannot be used as it is: "), run.out());
    assertTrue(run.out().contains("./lora4j convert "), run.out());
  }

  @Test
  void languageModelFolderIsABase() throws IOException {
    write(folder.resolve("lm/model.safetensors"), "model.layers.0.mlp.up_proj.weight", 6, 4);
    Files.writeString(folder.resolve("lm/config.json"), "{\"hidden_size\": 4}");
    Run run = Run.of("inspect", folder.resolve("lm"));
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("known by name; 1 layers"), run.out());
    assertTrue(run.out().contains("hidden_size: 4"), run.out());
  }

  @Test
  void aFolderWithoutAModelIsRefused() {
    Run run = Run.of("inspect", folder);
    assertEquals(1, run.code());
    assertTrue(run.err().contains("is no model folder"), run.err());
  }

  /** A file that is no base, though its tensors are called like weights, is not called one. */
  @Test
  void anAutoencoderIsNoBase() throws IOException {
    Path file = write(folder.resolve("vae.safetensors"), "decoder.up_blocks.0.x.weight", 2, 2);
    Run run = Run.of("inspect", file);
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("decoder.up_blocks.0.x.weight"), run.out());
    assertFalse(run.out().contains("Base:"), run.out());
  }
}
