package dev.lora4j.flow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.base.BaseOutline;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole models with transformers in one file, beside a folder with no weights at all. */
class PackedFileTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final LoadOptions PLAIN = LoadOptions.in(DType.F32);

  @TempDir private Path folder = Path.of("");

  @AfterAll
  static void close() {
    LORA.close();
  }

  /** The folder of a pipeline without a weight. */
  private Path configs(TinyPipeline pipeline) throws IOException {
    Path copy = pipeline.copy(folder.resolve("configs"));
    try (Stream<Path> files = Files.walk(copy)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".safetensors")).toList()) {
        Files.delete(file);
      }
    }
    return copy;
  }

  private static int[] picture(StableDiffusion sd) {
    BufferedImage image =
        sd.generate(Prompt.of(Goldens.PROMPT).seed(7).steps(2).size(24, 16)).image();
    return image.getRGB(0, 0, 24, 16, null, 0, 24);
  }

  static Stream<Arguments> models() {
    return Stream.of(
        Arguments.of(TinyPipeline.SD3, PackedModel.SD3),
        Arguments.of(TinyPipeline.FLUX, PackedModel.FLUX),
        Arguments.of(TinyPipeline.ZIMAGE, PackedModel.ZIMAGE),
        Arguments.of(TinyPipeline.KLEIN, PackedModel.KLEIN),
        Arguments.of(TinyPipeline.KLEIN, PackedModel.KLEIN_OF_COMFY));
  }

  @ParameterizedTest
  @MethodSource("models")
  void picturesAreThoseOfTheFolder(TinyPipeline pipeline, PackedModel form) throws IOException {
    Path file = form.write(pipeline, folder.resolve("whole.safetensors"));
    LoadOptions options = PLAIN.configuredBy(configs(pipeline));
    try (StableDiffusion whole = StableDiffusion.open(LORA, pipeline.source(), PLAIN);
        StableDiffusion packed = StableDiffusion.open(LORA, file, options)) {
      assertArrayEquals(picture(whole), picture(packed));
    }
    int side = BaseOutline.of(pipeline.source(), PLAIN).side();
    assertEquals(side, BaseOutline.of(file, options).side());
  }

  /** A denoiser of another file counts for more than that of the whole one. */
  @Test
  void denoiserIsReplaced() throws IOException {
    Path file = PackedModel.FLUX.write(TinyPipeline.FLUX, folder.resolve("whole.safetensors"));
    Path other =
        NativeFile.write(TinyPipeline.FLUX, folder.resolve("other.safetensors"), "", name -> true);
    LoadOptions options = PLAIN.configuredBy(configs(TinyPipeline.FLUX));
    try (StableDiffusion plain = StableDiffusion.open(LORA, file, options);
        StableDiffusion replaced = StableDiffusion.open(LORA, file, options.withDenoiser(other))) {
      assertArrayEquals(picture(plain), picture(replaced));
      List<String> notes = replaced.base().notes();
      assertTrue(notes.contains("The denoiser is that of other.safetensors."), notes.toString());
    }
  }

  /** Encoders that the folder does without stay in the file, and buffers are no weights. */
  @Test
  void networksThatTheFolderLacksAreLeftAlone() throws IOException {
    Path configs = TinyPipeline.SD3.without(folder.resolve("fewer"), "text_encoder_3");
    Path file =
        PackedModel.SD3.write(
            TinyPipeline.SD3,
            folder.resolve("whole.safetensors"),
            "text_encoders.clip_l.logit_scale",
            "text_encoders.clip_l.transformer.text_model.embeddings.position_ids");
    try (StableDiffusion fewer = StableDiffusion.open(LORA, configs, PLAIN);
        StableDiffusion packed = StableDiffusion.open(LORA, file, PLAIN.configuredBy(configs))) {
      assertArrayEquals(picture(fewer), picture(packed));
      String notes = packed.base().notes().toString();
      assertTrue(notes.matches("(?s).*Not needed of whole.safetensors: \\d+ tensors.*"), notes);
      assertFalse(fewer.base().notes().toString().contains("Not needed"));
    }
  }

  static Stream<Arguments> refused() {
    Predicate<String> all = name -> true;
    return Stream.of(
        Arguments.of("an autoencoder", (Predicate<String>) n -> !n.startsWith("vae."), ""),
        Arguments.of(
            "text encoder for text_encoder_2 ",
            (Predicate<String>) n -> !n.startsWith("text_encoders.t5xxl"),
            ""),
        Arguments.of(
            "text encoder for text_encoder ",
            (Predicate<String>) n -> !(n.contains("clip_l") && n.contains("final_layer_norm")),
            ""),
        Arguments.of(
            "has no denoiser of the base's kind",
            (Predicate<String>) n -> !n.startsWith("model.diffusion_model."),
            ""),
        Arguments.of(
            "vae.decoder.mid.block_1.conv1.bias",
            (Predicate<String>) n -> !n.equals("vae.decoder.mid.block_1.conv1.bias"),
            ""),
        Arguments.of(
            "text_encoders.t5xxl.transformer.more", all, "text_encoders.t5xxl.transformer.more"),
        Arguments.of("model.diffusion_model.more", all, "model.diffusion_model.more"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void filesThatAreNotWholeAreRefused(String said, Predicate<String> kept, String more)
      throws IOException {
    String[] added = more.isEmpty() ? new String[0] : new String[] {more};
    Path file =
        PackedModel.FLUX
            .only(kept)
            .write(TinyPipeline.FLUX, folder.resolve("whole.safetensors"), added);
    LoadOptions options = PLAIN.configuredBy(configs(TinyPipeline.FLUX));
    RuntimeException e =
        assertThrows(
            RuntimeException.class, () -> StableDiffusion.open(LORA, file, options).close());
    assertTrue(String.valueOf(e.getMessage()).contains(said), e.getMessage());
  }

  /** That of FLUX.1 has no statistics. */
  @Test
  void autoencoderOfAnotherKindIsRefused() throws IOException {
    Path file =
        PackedModel.KLEIN
            .only(name -> !name.startsWith("vae.bn."))
            .write(TinyPipeline.KLEIN, folder.resolve("whole.safetensors"));
    LoadOptions options = PLAIN.configuredBy(configs(TinyPipeline.KLEIN));
    RuntimeException e =
        assertThrows(
            RuntimeException.class, () -> StableDiffusion.open(LORA, file, options).close());
    assertTrue(e.getMessage().contains("lacks an autoencoder of the kind in"), e.getMessage());
  }

  @Test
  void fileOfAnotherModelThanTheFolderIsRefused() throws IOException {
    Path file = PackedModel.FLUX.write(TinyPipeline.FLUX, folder.resolve("whole.safetensors"));
    LoadOptions options = PLAIN.configuredBy(configs(TinyPipeline.SD3));
    assertThrows(RuntimeException.class, () -> BaseOutline.of(file, options));
    RuntimeException e =
        assertThrows(RuntimeException.class, () -> StableDiffusion.open(LORA, file, PLAIN));
    assertTrue(String.valueOf(e.getMessage()).contains("--base-config"), e.getMessage());
  }
}
