package dev.lora4j.flow.zimage;

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
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What does not fit a Z-Image is refused by name. */
class ZImageRefusalsTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final String DENOISER = "transformer/config.json";

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
    "\"cap_feat_dim\": 16, \"cap_feat_dim\": 40, texts of width 40, text_encoder gives 16",
    "\"in_channels\": 16, \"in_channels\": 8, predicts 8 channels, latents have 16",
    "\"all_patch_size\": [2], \"all_patch_size\": [4], 'all_patch_size' is [4], only [2]",
    "\"all_f_patch_size\": [1], \"all_f_patch_size\": [2], 'all_f_patch_size' is [2], only [1]",
    "\"siglip_feat_dim\": null, \"siglip_feat_dim\": 8, 'siglip_feat_dim' is 8, no picture",
    "\"n_kv_heads\": 2, \"n_kv_heads\": 1, 'n_kv_heads' is 1, as many as 'n_heads'; 2",
    "\"dim\": 16, \"dim\": 17, 'dim' is 17, a multiple of 'n_heads'; 2",
    "\"axes_dims\": [2; 2; 4], \"axes_dims\": [2; 2; 2], 'axes_dims' is [2; 2; 2], 'n_heads'; 8",
    "\"axes_lens\": [1024;, \"axes_lens\": [512;, 'axes_lens' is [512; 64; 64], at least 514",
    "\"n_layers\": 2, \"n_layers\": -1, 'n_layers', from 0",
  })
  void sizesThatDoNotFit(String was, String is, String one, String other) {
    TinyPipeline.ZIMAGE.copy(folder);
    TinyPipeline.edit(
        folder.resolve(DENOISER),
        json ->
            json.replaceAll("\\s+", " ")
                .replaceAll("\\[ ", "[")
                .replaceAll(" \\]", "]")
                .replace(was.replace(';', ','), is.replace(';', ',')));
    assertNames(refusal(folder), one.replace(';', ','), other.replace(';', ','));
  }

  @Test
  void tokenisersWithoutAChatTemplate() throws IOException {
    TinyPipeline.ZIMAGE.copy(folder);
    Files.delete(folder.resolve("tokenizer/chat_template.jinja"));
    assertNames(
        refusal(ModelException.class, () -> StableDiffusion.open(LORA, folder).close()),
        "has no chat template");
  }

  @Test
  void encodersThatAreNoLanguageModel() throws IOException {
    TinyPipeline.ZIMAGE.copy(folder);
    for (String part : List.of("text_encoder", "tokenizer")) {
      TinyPipeline.remove(folder, part);
    }
    Path flux = TinyPipeline.FLUX.source();
    new TinyPipeline(flux.resolve("text_encoder_2")).copy(folder.resolve("text_encoder"));
    new TinyPipeline(flux.resolve("tokenizer_2")).copy(folder.resolve("tokenizer"));
    assertNames(
        refusal(ModelException.class, () -> StableDiffusion.open(LORA, folder).close()),
        "prompts as messages of a chat",
        "must be a language model");
  }

  @Test
  void moreEncoders() {
    TinyPipeline.ZIMAGE.copy(folder);
    new TinyPipeline(folder.resolve("text_encoder")).copy(folder.resolve("text_encoder_2"));
    assertNames(refusal(folder), "takes one text encoder", "text_encoder, text_encoder_2");
  }

  @Test
  void whatAPromptCannotAskFor() {
    Prompt fox = Prompt.of("a fox").size(24, 16).steps(1);
    try (StableDiffusion sd = StableDiffusion.open(LORA, TinyPipeline.ZIMAGE.source())) {
      assertNames(
          refusal(IllegalArgumentException.class, () -> sd.generate(fox.clipSkip(1))),
          "takes no clip skip");
      assertNames(
          refusal(IllegalArgumentException.class, () -> sd.generate(fox.size(24, 18))),
          "multiples of 4 pixels");
      assertNames(
          refusal(IllegalArgumentException.class, () -> sd.generate(fox.size(260, 16))), "256");
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
    Path base = TinyPipeline.ZIMAGE.source();
    try (StableDiffusion sd = StableDiffusion.open(LORA, base)) {
      assertNames(refusal(sd, plain.withGuidance(3)), "loss.guidance_scale 3", "no guidance scale");
      assertNames(refusal(sd, plain.withCaptionChunks(2)), "caption_chunks");
      assertNames(refusal(sd, plain.withClipSkip(1)), "takes no clip skip");
    }
  }
}
