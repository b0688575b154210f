package dev.lora4j.diffusion.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.model.text.PromptFrame;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.diffusion.TinyFolder;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.TinyXl;
import dev.lora4j.diffusion.sampling.NoiseSchedule;
import dev.lora4j.diffusion.sampling.Samplers;
import dev.lora4j.diffusion.sampling.SchedulerConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a folder's configurations mean together. */
class ConfigurationTest {
  private static final String UNET = "unet/config.json";
  private static final String VAE = "vae/config.json";
  private static final String SCHEDULER = "scheduler/scheduler_config.json";

  @TempDir private Path folder;

  private TinyFolder sd() throws IOException {
    return TinyFolder.copy(TinySd.FOLDER, folder);
  }

  private String refused() {
    return String.valueOf(
        assertThrows(ModelException.class, () -> DiffusersConfigs.of(folder)).getMessage());
  }

  private static double[] golden(String name) {
    try (Safetensors file =
        Safetensors.open(VariantFolder.FOLDER.resolve("schedulers.safetensors"))) {
      ByteBuffer bytes = file.read(name);
      double[] values = new double[(int) file.tensors().get(name).shape().elements()];
      for (int i = 0; i < values.length; i++) {
        values[i] = bytes.getDouble();
      }
      return values;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "down_block_types,AttnDownBlock2D,CrossAttnDownBlock2D and DownBlock2D",
    "down_block_types,KDownBlock2D,CrossAttnDownBlock2D and DownBlock2D",
    "down_block_types,SimpleCrossAttnDownBlock2D,CrossAttnDownBlock2D and DownBlock2D",
    "up_block_types,AttnUpBlock2D,CrossAttnUpBlock2D and UpBlock2D",
    "up_block_types,ResnetUpsampleBlock2D,CrossAttnUpBlock2D and UpBlock2D"
  })
  void otherBlocksAreNamed(String key, String type, String known) throws IOException {
    sd().set(UNET, key, "[\"" + type + "\",\"" + type + "\"]");
    String message = refused();
    assertTrue(message.contains("'" + key + "' names " + type + "; " + known), message);
  }

  @Test
  void otherMiddlesAreNamed() throws IOException {
    sd().set(UNET, "mid_block_type", "\"UNetMidBlock2DSimpleCrossAttn\"");
    String message = refused();
    assertTrue(
        message.contains(
            "is UNetMidBlock2DSimpleCrossAttn; UNetMidBlock2DCrossAttn, UNetMidBlock2D and null"),
        message);
  }

  @Test
  void otherBlocksOfAutoencodersAreNamed() throws IOException {
    sd().set(
            VAE,
            "up_block_types",
            "[\"UpDecoderBlock2D\",\"AttnUpDecoderBlock2D\",\"UpDecoderBlock2D\"]");
    String message = refused();
    assertTrue(message.contains("names AttnUpDecoderBlock2D; only UpDecoderBlock2D"), message);
  }

  @Test
  void theSizeOfPicturesIsRead() throws IOException {
    TinyFolder copy = sd().set(UNET, "sample_size", "[24, 24]");
    assertEquals(24, DiffusersConfigs.of(folder).sampleSize());
    copy.set(UNET, "sample_size", "null");
    assertEquals(64, DiffusersConfigs.of(folder).sampleSize());
  }

  /** diffusers' pipelines of these models never add it, though its autoencoder has the setting. */
  @Test
  void shiftFactorIsLeftOutAndNoted() throws IOException {
    sd().set(VAE, "shift_factor", "0.3");
    ModelConfigs configs = DiffusersConfigs.of(folder);
    assertEquals(0, configs.vae().shiftFactor());
    String note = String.join(" ", DiffusersConfigs.notes(folder, configs));
    assertTrue(note.contains("'shift_factor' is left out"), note);
  }

  @Test
  void unknownFieldsAreNoted() throws IOException {
    TinyFolder copy = sd();
    assertEquals(List.of(), DiffusersConfigs.notes(folder, DiffusersConfigs.of(folder)));
    copy.set(UNET, "curvature", "2").set(SCHEDULER, "wind", "true").set(VAE, "colour", "1");
    try (Engine engine = Engine.open();
        Scope scope = engine.scope("test")) {
      String notes =
          String.join("\n", DiffusionModel.load(scope, folder, LoadOptions.in(DType.F32)).notes());
      assertTrue(notes.contains("not known, and left out: curvature"), notes);
      assertTrue(notes.contains("not known, and left out: wind"), notes);
      assertTrue(notes.contains("not known, and left out: colour"), notes);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"trained", "trained/zero-snr"})
  void trainedBetasGiveTheNoiseSchedule(String name) throws IOException {
    sd().set(SCHEDULER, "trained_betas", Arrays.toString(golden("betas")))
        .set(SCHEDULER, "num_train_timesteps", "40")
        .set(SCHEDULER, "rescale_betas_zero_snr", "" + name.endsWith("zero-snr"));
    NoiseSchedule schedule = new NoiseSchedule(DiffusersConfigs.of(folder).schedule());
    double[] expected = golden(name);
    for (int t = 0; t < expected.length; t++) {
      assertEquals(expected[t], schedule.alphaCumprod(t), 1e-6);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void timestepsLeadAsThePipelineOfDiffusersLets(int offset) throws IOException {
    sd().set(SCHEDULER, "timestep_spacing", "\"leading\"")
        .set(SCHEDULER, "steps_offset", "" + offset)
        .set(SCHEDULER, "clip_sample", "true");
    SchedulerConfig config = DiffusersConfigs.of(folder).schedule();
    double[] expected = golden("offset/" + offset);
    var levels = Samplers.named("ddim").levels(new NoiseSchedule(config), expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], levels.get(i).timestep());
    }
  }

  @Test
  void sdxlSchedulerFieldsAreHeeded() throws IOException {
    TinyFolder copy = TinyFolder.copy(TinyXl.FOLDER, folder).set(SCHEDULER, "steps_offset", "3");
    assertEquals(3, DiffusersConfigs.of(folder).schedule().stepsOffset());
    copy.set(SCHEDULER, "clip_sample", "true");
    assertTrue(refused().contains("'clip_sample' is true"), refused());
  }

  @Test
  void sdxlZeroesEmptyPromptsUnlessConfiguredOtherwise() throws IOException {
    TinyFolder copy =
        TinyFolder.copy(TinyXl.FOLDER, folder)
            .without("model_index.json", "force_zeros_for_empty_prompt")
            .without(UNET, "sample_size");
    assertTrue(DiffusersConfigs.of(folder).zerosForNoText());
    assertEquals(128, DiffusersConfigs.of(folder).sampleSize());
    copy.set("model_index.json", "force_zeros_for_empty_prompt", "false");
    assertFalse(DiffusersConfigs.of(folder).zerosForNoText());
  }

  @Test
  void endTokenOtherThanTheTokenizersIsRefused() throws IOException {
    TinyFolder.copy(TinyXl.FOLDER, folder).set("text_encoder_2/config.json", "eos_token_id", "7");
    ModelConfigs.Text text = DiffusersConfigs.of(folder).texts().get(1);
    String message =
        assertThrows(
                ModelException.class, () -> FolderSource.tokenizer(folder, text, PromptFrame.PLAIN))
            .getMessage();
    assertTrue(message.contains("ends texts with token 591"), message);
    assertTrue(message.contains("'eos_token_id' of its config.json is 7"), message);
  }

  @Test
  void paddingAtTheLeftIsRefused() throws IOException {
    sd().set("tokenizer/tokenizer_config.json", "padding_side", "\"left\"");
    ModelConfigs.Text text = DiffusersConfigs.of(folder).texts().get(0);
    Exception refused =
        assertThrows(
            RuntimeException.class, () -> FolderSource.tokenizer(folder, text, PromptFrame.PLAIN));
    assertTrue(String.valueOf(refused.getMessage()).contains("'padding_side' is left"));
  }

  @Test
  void denoiserOfUnsupportedInputChannelsIsRefused() throws IOException {
    sd().set(UNET, "in_channels", "8");
    assertTrue(Files.exists(folder));
    try (Engine engine = Engine.open();
        Scope scope = engine.scope("test")) {
      String message =
          assertThrows(
                  ModelException.class,
                  () -> DiffusionModel.load(scope, folder, LoadOptions.in(DType.F32)))
              .getMessage();
      assertTrue(message.contains("takes 8 channels; 4 (latents) or 9"), message);
    }
  }
}
