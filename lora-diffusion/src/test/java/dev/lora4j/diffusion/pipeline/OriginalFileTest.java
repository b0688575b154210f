package dev.lora4j.diffusion.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.format.checkpoint.CheckpointException;
import dev.lora4j.core.format.metadata.FileHashes;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.diffusion.OriginalFile;
import dev.lora4j.diffusion.SamePicture;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.TinyXl;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Single-file checkpoints make the pictures of the folders that they were laid out from. */
class OriginalFileTest {
  private static final Lora4j LORA = Lora4j.open();

  @TempDir private Path temporary;

  @AfterAll
  static void close() {
    LORA.close();
  }

  private static Path folder(String kind) {
    return kind.equals("xl") ? TinyXl.FOLDER : TinySd.FOLDER;
  }

  private static LoadOptions options(String kind) {
    return LoadOptions.in(DType.F32).configuredBy(folder(kind));
  }

  private static int[] picture(Path base, LoadOptions options) {
    try (StableDiffusion sd = StableDiffusion.open(LORA, base, options)) {
      BufferedImage image =
          sd.generate(Prompt.of("a red fox").negative("blurry").steps(3).seed(5)).image();
      return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    }
  }

  @ParameterizedTest
  @CsvSource({"sd1", "sd2", "xl"})
  void pictureEqualsThatOfTheFolder(String kind) {
    Path file =
        OriginalFile.of(kind, folder(kind))
            .put("betas", 1000)
            .put("model_ema.diffusion_modelinput_blocks00weight", 4)
            .write(temporary.resolve(kind + ".safetensors"));
    SamePicture.assertSame(
        picture(folder(kind), LoadOptions.in(DType.F32)), picture(file, options(kind)));
  }

  @ParameterizedTest
  @CsvSource({"sd1,F32", "xl,F16"})
  void ggufFilesAreTheSameBase(String kind, DType stored) {
    OriginalFile original = OriginalFile.of(kind, folder(kind)).as(LORA.engine(), stored);
    Path file = original.writeGguf(temporary.resolve("m.gguf"));
    Path plain = original.write(temporary.resolve("m.safetensors"));
    SamePicture.assertSame(picture(plain, options(kind)), picture(file, options(kind)));
  }

  /** Names of stable-diffusion.cpp, of now and with attention apart as before. */
  @ParameterizedTest
  @CsvSource({"sd1,false", "sd2,false", "xl,false", "xl,true"})
  void namesOfStableDiffusionCppAreTheSameBase(String kind, boolean apart) {
    OriginalFile renamed = OriginalFile.of(kind, folder(kind)).cppNames();
    if (apart) {
      renamed.apart();
    }
    Path file = renamed.writeGguf(temporary.resolve("cpp.gguf"));
    SamePicture.assertSame(
        picture(folder(kind), LoadOptions.in(DType.F32)), picture(file, options(kind)));
  }

  @Test
  void ggufFilesOfADenoiserAloneAreRefused() {
    OriginalFile alone = OriginalFile.empty().put("input_blocks.0.0.weight", 8, 4, 3, 3);
    Path file = alone.writeGguf(temporary.resolve("unet.gguf"));
    CheckpointException refused =
        assertThrows(
            CheckpointException.class, () -> StableDiffusion.open(LORA, file, options("sd1")));
    assertTrue(
        refused.getMessage().contains("which --denoiser takes beside --base"),
        refused.getMessage());
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16", "F8_E4M3", "F8_E5M2", "F64"})
  void narrowStoredTypesLoadAsTheirValues(DType stored) {
    OriginalFile original = OriginalFile.of("xl", TinyXl.FOLDER).as(LORA.engine(), stored);
    Path file = original.write(temporary.resolve("small.safetensors"));
    Path widened =
        original.as(LORA.engine(), DType.F32).write(temporary.resolve("wide.safetensors"));
    try (StableDiffusion narrow = StableDiffusion.open(LORA, file, options("xl"));
        StableDiffusion wide = StableDiffusion.open(LORA, widened, options("xl"))) {
      for (String name : List.of("conv_in.weight", "add_embedding.linear_1.bias")) {
        assertSame(name, wide.base().denoiserWeights(), narrow.base().denoiserWeights());
      }
      String turned = "text_projection.weight";
      assertSame(turned, second(wide), second(narrow));
      assertSame("text_model.encoder.layers.1.self_attn.v_proj.bias", second(wide), second(narrow));
    }
  }

  private static WeightStore second(StableDiffusion sd) {
    return sd.base().textEncoders().get(1).weights();
  }

  private static void assertSame(String name, WeightStore expected, WeightStore found) {
    try (Scope scope = LORA.engine().scope("numbers")) {
      assertArrayEquals(
          expected.numbers(scope, name).floats(), found.numbers(scope, name).floats(), name);
    }
  }

  /** As ComfyUI writes them: the denoiser's matrices and kernels in 8 bits, a scale beside each. */
  @Test
  void smallNumbersCountByTheirScales() {
    OriginalFile scaled = OriginalFile.of("sd1", TinySd.FOLDER);
    OriginalFile wide = OriginalFile.of("sd1", TinySd.FOLDER);
    int count = 0;
    for (String key : wide.keys()) {
      HostTensor weight = wide.get(key);
      if (key.startsWith("model.diffusion_model.") && weight.shape().rank() > 1) {
        float scale = 0.003f + 1e-4f * count++;
        float[] values = new float[(int) weight.shape().elements()];
        weight.floats(values, 0);
        for (int i = 0; i < values.length; i++) {
          values[i] /= scale;
        }
        HostTensor small = rounded(HostTensor.of(weight.shape(), values), DType.F8_E4M3);
        rounded(small, DType.F32).floats(values, 0);
        for (int i = 0; i < values.length; i++) {
          values[i] *= scale;
        }
        scaled.put(key, small);
        scaled.put(key.replaceFirst("weight$", "scale_weight"), HostTensor.of(Shape.of(), scale));
        wide.put(key, HostTensor.of(weight.shape(), values));
      }
    }
    assertTrue(count > 20, "" + count);
    scaled.put("model.diffusion_model.scaled_fp8", HostTensor.of(Shape.of(1), 0));
    Path small = scaled.write(temporary.resolve("scaled.safetensors"));
    Path numbers = wide.write(temporary.resolve("numbers.safetensors"));
    try (StableDiffusion narrow = StableDiffusion.open(LORA, small, options("sd1"));
        StableDiffusion plain = StableDiffusion.open(LORA, numbers, options("sd1"))) {
      WeightStore weights = narrow.base().denoiserWeights();
      assertEquals(count, weights.forms().size());
      weights.forms().keySet().forEach(n -> assertSame(n, plain.base().denoiserWeights(), weights));
    }
    // Kernels in few bits are not packed for the processor, and sums come in another order.
    int[] expected = picture(numbers, options("sd1"));
    int[] found = picture(small, options("sd1"));
    for (int i = 0; i < expected.length; i++) {
      for (int shift = 0; shift < 24; shift += 8) {
        assertEquals((expected[i] >> shift) & 255, (found[i] >> shift) & 255, 2, "pixel " + i);
      }
    }
  }

  private static HostTensor rounded(HostTensor tensor, DType type) {
    try (Scope scope = LORA.engine().scope("rounding")) {
      Tensor plain = Tensor.of(scope, tensor.dtype(), tensor.shape(), tensor.bytes());
      return HostTensor.of(plain.to(scope, type));
    }
  }

  @Test
  void ignoredKeysAreCountedWithTheirReason() {
    Path file =
        OriginalFile.of("sd2", TinySd.FOLDER)
            .put("alphas_cumprod", 1000)
            .put("posterior_variance", 1000)
            .put("model_ema.decay", 1)
            .put("global_step", 1)
            .put("first_stage_model.loss.logvar", 1)
            .put("cond_stage_model.model.attn_mask", 77, 77)
            .put("cond_stage_model.model.logit_scale", 1)
            .put("cond_stage_model.model.text_projection", 24, 24)
            .put("cond_stage_model.model.transformer.resblocks.2.ln_1.weight", 24)
            .put("v_pred", 1)
            .write(temporary.resolve("m.safetensors"));
    try (StableDiffusion sd = StableDiffusion.open(LORA, file, options("sd2"))) {
      String notes = String.join("\n", sd.base().notes());
      assertTrue(notes.contains("numbers of the noise schedule (2 keys)"), notes);
      assertTrue(notes.contains("a running average of weights (1 key)"), notes);
      assertTrue(notes.contains("the state of training (2 keys)"), notes);
      assertTrue(notes.contains("buffers of a text encoder (1 key)"), notes);
      assertTrue(notes.contains("parts of CLIP that pictures are not made with (2 keys)"), notes);
      assertTrue(notes.contains("does not see the result of (1 key)"), notes);
      assertTrue(notes.contains("what the denoiser predicts (1 key)"), notes);
    }
  }

  @Test
  void mismatchesAreReportedTogetherWithNearestNames() {
    String missing = "model.diffusion_model.input_blocks.0.0.weight";
    HostTensor moved = OriginalFile.of("sd1", TinySd.FOLDER).get(missing);
    Path file =
        OriginalFile.of("sd1", TinySd.FOLDER)
            .remove(missing)
            .put("model.diffusion_model.input_blocks.0.0.weights", moved)
            .remove("first_stage_model.encoder.conv_in.bias")
            .put("cond_stage_model.transformer.text_model.final_layer_norm.bias", 25)
            .put("surprise", 2)
            .put("model.diffusion_model.visual.position_ids", 2)
            .write(temporary.resolve("m.safetensors"));
    String message =
        assertThrows(ModelException.class, () -> StableDiffusion.open(LORA, file, options("sd1")))
            .getMessage();
    assertTrue(message.contains("2 weights are missing"), message);
    assertTrue(message.contains("missing: " + missing + " [16, 4, 3, 3]"), message);
    assertTrue(message.contains("nearest there: " + missing + "s"), message);
    assertTrue(message.contains("first_stage_model.encoder.conv_in.bias"), message);
    assertTrue(message.contains("final_layer_norm.bias is [25], expected [24]"), message);
    assertTrue(message.contains("not known: surprise"), message);
    assertTrue(message.contains("not known: model.diffusion_model.visual.position_ids"), message);
  }

  @Test
  void predictionTypeMayBeSetByAnOption() {
    Path file = OriginalFile.of("sd1", TinySd.FOLDER).write(temporary.resolve("m.safetensors"));
    assertFalse(
        Arrays.equals(
            picture(file, options("sd1")),
            picture(file, options("sd1").predicting(Prediction.EPSILON))));
  }

  @Test
  void modelOfAnotherVocabularyNeedsItsTokenizer() {
    Path file = OriginalFile.of("sd1", TinySd.FOLDER).write(temporary.resolve("m.safetensors"));
    String message =
        assertThrows(RuntimeException.class, () -> StableDiffusion.open(LORA, file)).getMessage();
    assertTrue(message.contains("--base-config"), message);
  }

  @Test
  void theHashIsThatOfTheFile() {
    Path file = OriginalFile.of("sd1", TinySd.FOLDER).write(temporary.resolve("m.safetensors"));
    try (StableDiffusion sd = StableDiffusion.open(LORA, file, options("sd1"))) {
      assertEquals(FileHashes.sha256(file), sd.base().hash());
    }
  }
}
