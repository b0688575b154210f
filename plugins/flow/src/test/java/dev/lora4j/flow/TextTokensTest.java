package dev.lora4j.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.diffusion.pipeline.LatentPath;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bases that state another number of tokens of a text, against diffusers' argument of it. */
class TextTokensTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final Path GOLDEN = Goldens.RESOURCES.resolve("tokens.safetensors");

  @TempDir private Path folder;

  @AfterAll
  static void close() {
    LORA.close();
  }

  private Path stating(Path base, int tokens) throws IOException {
    Files.writeString(
        base.resolve("generation_config.json"), "{\"max_sequence_length\": " + tokens + "}");
    return base;
  }

  private void assertLatents(String name, Path base, String text, int contextTokens) {
    try (StableDiffusion sd = StableDiffusion.open(LORA, base)) {
      int width = sd.base().denoiser().crossAttentionDim();
      assertEquals(
          contextTokens, sd.encodeCaptions(List.of("fox"), 0).get(0).context().length / width);
      LatentPath path = sd.paths(List.of(Prompt.of(text).seed(7).steps(3).size(24, 16))).get(0);
      Goldens.assertClose(
          name,
          Goldens.tensor(GOLDEN, name).doubles(),
          Goldens.doubles(path.latents().get(1)),
          GoldenPipeline.CLOSE);
    }
  }

  @Test
  void t5IsGivenFewerTokens() throws IOException {
    assertLatents("sd3", stating(TinyPipeline.SD3.copy(folder), 6), "fox", 77 + 6);
    Path flux = Files.createDirectories(folder.resolve("flux"));
    assertLatents("flux", stating(TinyPipeline.FLUX.copy(flux), 6), "fox", 6);
  }

  @Test
  void fewerZerosOrNoneStandForT5() throws IOException {
    Path base = TinyPipeline.SD3.without(folder, "text_encoder_3");
    assertLatents("fewer_zeros", stating(base, 6), Goldens.PROMPT, 77 + 6);
    assertLatents("clips", stating(base, 0), Goldens.PROMPT, 77);
  }

  @Test
  void anEncoderOfNoTokenIsRefused() throws IOException {
    Path base = stating(TinyPipeline.SD3.copy(folder), 0);
    ModelException e =
        assertThrows(ModelException.class, () -> StableDiffusion.open(LORA, base).close());
    assertTrue(e.getMessage().contains("expected 1 or more"), e.getMessage());
  }
}
