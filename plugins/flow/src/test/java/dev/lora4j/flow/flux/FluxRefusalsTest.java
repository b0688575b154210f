package dev.lora4j.flow.flux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.base.BaseOutline;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.style.StyleSettings;
import dev.lora4j.diffusion.style.StyleTrainer;
import dev.lora4j.diffusion.train.objective.ObjectiveSettings;
import dev.lora4j.flow.TinyPipeline;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What does not fit a FLUX.1 is refused by name. */
class FluxRefusalsTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final String DENOISER = "transformer/config.json";
  private static final String SCHEDULER = "scheduler/scheduler_config.json";

  @TempDir private Path folder = Path.of("");

  @AfterAll
  static void close() {
    LORA.close();
  }

  private static void assertNames(String message, String... parts) {
    for (String part : parts) {
      assertTrue(message.contains(part), message);
    }
  }

  private static String refusal(Class<? extends RuntimeException> type, Executable what) {
    return String.valueOf(assertThrows(type, what).getMessage());
  }

  /** The message, which is the same before and when the base is loaded. */
  private static String refusal(Path base) {
    String outline =
        refusal(ModelException.class, () -> BaseOutline.of(base, LoadOptions.in(DType.F32)));
    assertEquals(
        outline, refusal(ModelException.class, () -> StableDiffusion.open(LORA, base).close()));
    return outline;
  }

  @ParameterizedTest
  @CsvSource({
    "joint_attention_dim, 16, 40, texts of width 40, text_encoder_2 gives 16",
    "pooled_projection_dim, 12, 30, pooled texts of width 30, text_encoder gives 12",
    "in_channels, 64, 128, predicts 32 channels, latents have 16",
    "in_channels, 64, 66, 'in_channels' is 66, multiple of 4",
    "out_channels, null, 32, predicts 8 channels, latents have 16",
    "patch_size, 1, 2, 'patch_size' is 2, only 1",
    "attention_head_dim, 8, 10, 'axes_dims_rope' is [2; 2; 4], 'attention_head_dim'; 10",
    "num_layers, 2, -1, 'num_layers', from 0",
  })
  void sizesThatDoNotFit(String field, String was, String is, String one, String other) {
    TinyPipeline.FLUX.copy(folder);
    TinyPipeline.edit(
        folder.resolve(DENOISER),
        json -> json.replace("\"" + field + "\": " + was, "\"" + field + "\": " + is));
    assertNames(refusal(folder), one.replace(';', ','), other.replace(';', ','));
  }

  @Test
  void transformersThatFillMasks() {
    TinyPipeline.FLUX.copy(folder);
    TinyPipeline.edit(
        folder.resolve(DENOISER),
        json ->
            json.replace("\"in_channels\": 64", "\"in_channels\": 384")
                .replace("\"out_channels\": null", "\"out_channels\": 64"));
    assertNames(refusal(folder), "takes 96 channels", "16 (latents)");
  }

  @ParameterizedTest
  @CsvSource({"text_encoder, it lacks text_encoder.", "text_encoder_2, it lacks text_encoder_2."})
  void missingEncoder(String part, String reason) {
    TinyPipeline.FLUX.without(folder, part);
    assertNames(refusal(folder), reason, "the CLIP encoder text_encoder and the T5 text_encoder_2");
  }

  @ParameterizedTest
  @CsvSource({
    "\"time_shift_type\": \"exponential\", \"time_shift_type\": \"cubic\", 'time_shift_type' is cubic",
    "\"max_image_seq_len\": 4096, \"max_image_seq_len\": 256, are both 256",
    "\"shift_terminal\": null, \"shift_terminal\": 0.02, shift_terminal",
  })
  void shiftsThatCannotBeComputed(String was, String is, String reason) {
    TinyPipeline.FLUX.copy(folder);
    TinyPipeline.edit(folder.resolve(SCHEDULER), json -> json.replace(was, is));
    assertNames(refusal(folder), reason);
  }

  @Test
  void whatAPromptCannotAskFor() {
    Prompt fox = Prompt.of("a fox").size(24, 16).steps(1);
    try (StableDiffusion sd = StableDiffusion.open(LORA, TinyPipeline.FLUX.source())) {
      assertNames(
          refusal(IllegalArgumentException.class, () -> sd.generate(fox.negative("blurry"))),
          "takes no negative text");
      assertNames(
          refusal(IllegalArgumentException.class, () -> sd.generate(fox.clipSkip(1))),
          "takes no clip skip");
      BaseOutline outline = BaseOutline.of(TinyPipeline.FLUX.source(), LoadOptions.in(DType.F32));
      assertNames(
          refusal(IllegalArgumentException.class, () -> fox.clipSkip(1).requireFits(outline)),
          "takes no clip skip");
      assertNames(
          refusal(IllegalArgumentException.class, () -> sd.generate(fox.size(24, 18))),
          "multiples of 4 pixels");
    }
  }

  private String refusal(StableDiffusion sd, StyleSettings settings) {
    return refusal(
        IllegalArgumentException.class,
        () -> StyleTrainer.on(sd).settings(settings).images(pictures()).run());
  }

  /** A folder with a picture. */
  private Path pictures() {
    Path pictures = folder.resolve("pictures");
    BufferedImage picture = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    try {
      Files.createDirectories(pictures);
      ImageIO.write(picture, "png", pictures.resolve("fox.png").toFile());
      Files.writeString(pictures.resolve("fox.txt"), "a fox");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return pictures;
  }

  @Test
  void whatATrainingCannotAskFor() {
    StyleSettings plain = StyleSettings.DEFAULT.with(ObjectiveSettings.PLAIN);
    Path base = FluxGoldens.schnell(folder.resolve("base"));
    try (StableDiffusion sd = StableDiffusion.open(LORA, base)) {
      assertNames(refusal(sd, plain.withGuidance(3)), "loss.guidance_scale 3", "no guidance scale");
      assertNames(refusal(sd, plain.withCaptionChunks(2)), "caption_chunks");
      assertNames(refusal(sd, plain.withClipSkip(1)), "takes no clip skip");
    }
  }
}
