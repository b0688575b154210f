package dev.lora4j.diffusion.base;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.diffusion.OriginalFile;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.TinyXl;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that no picture is made with, each refused by what it is. */
class OtherFilesTest {
  private static final Engine ENGINE = Engine.open();
  private static final String UNET = "model.diffusion_model.";

  @TempDir private Path temporary;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private String refused(Path file) {
    try (Scope scope = ENGINE.scope("test")) {
      return assertThrows(
              RuntimeException.class,
              () -> DiffusionModel.load(scope, file, LoadOptions.in(DType.F32)))
          .getMessage();
    }
  }

  private String refused(OriginalFile file) {
    return refused(file.write(temporary.resolve("m.safetensors")));
  }

  private static void assertSays(String part, String message) {
    assertTrue(message.contains(part), message);
  }

  @Test
  void modelsOfOtherArchitectures() {
    OriginalFile flux =
        OriginalFile.empty()
            .put("double_blocks.0.img_attn.norm.key_norm.scale", 128)
            .put("double_blocks.0.img_attn.proj.weight", 3072, 3072);
    String message = refused(flux);
    assertSays("a model of the kind FLUX.1", message);
    assertSays("Stable Diffusion 1, 2 and XL", message);
    OriginalFile sd3 =
        OriginalFile.empty()
            .put(UNET + "joint_blocks.0.context_block.adaLN_modulation.1.weight", 9216, 1536)
            .put(UNET + "joint_blocks.0.x_block.attn.proj.weight", 1536, 1536);
    assertSays("a model of the kind Stable Diffusion 3", refused(sd3));
    assertSays("no kind that is known", refused(OriginalFile.empty().put("lstm.weight", 8, 8)));
    OriginalFile adapter =
        OriginalFile.empty().put("lora_unet_conv_in.lora_down.weight", 4, 4, 3, 3);
    assertSays("is an adapter", refused(adapter));
  }

  @ParameterizedTest
  @CsvSource({"m.ckpt", "m.PT", "m.bin", "m.pth"})
  void filesThatCanRunCode(String name) throws Exception {
    Path file = Files.write(temporary.resolve(name), new byte[] {'P', 'K', 3, 4});
    assertSays("can run code when they are read", refused(file));
  }

  @Test
  void filesThatAreNotThereOrNoSafetensors() throws Exception {
    assertSays("There is no model", refused(temporary.resolve("nothing.safetensors")));
    Path page = Files.writeString(temporary.resolve("m.safetensors"), "<!DOCTYPE html><html>...");
    assertSays("web page", refused(page));
    assertSays("expected a folder in the layout of diffusers", refused(temporary));
  }

  @Test
  void folderRefusesOtherConfigurations() {
    try (Scope scope = ENGINE.scope("test")) {
      String message =
          assertThrows(
                  ModelException.class,
                  () ->
                      DiffusionModel.load(
                          scope,
                          TinySd.FOLDER,
                          LoadOptions.in(DType.F32).configuredBy(TinyXl.FOLDER)))
              .getMessage();
      assertSays("configurations of its own", message);
    }
  }

  @Test
  void filesWithMissingTextEncodersAreRefused() {
    OriginalFile unet = OriginalFile.of("sd1", TinySd.FOLDER);
    unet.removeAll("cond_stage_model.");
    assertSays("lacks a text encoder", refused(unet));
    OriginalFile refiner = OriginalFile.of("xl", TinyXl.FOLDER);
    refiner.removeAll("conditioner.embedders.0.");
    assertSays("refiner", refused(refiner));
  }

  @Test
  void otherNoise() {
    assertSays("EDM", refused(OriginalFile.of("xl", TinyXl.FOLDER).put("edm_mean", 4)));
  }
}
