package dev.lora4j.diffusion.base.original;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.NativeName;
import dev.lora4j.core.format.checkpoint.CheckpointException;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.nn.StoredTensors;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.diffusion.OriginalFile;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.base.TextEncoder;
import dev.lora4j.diffusion.clip.ClipText;
import dev.lora4j.diffusion.clip.ClipTextConfig;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import dev.lora4j.diffusion.unet.UNet;
import dev.lora4j.diffusion.unet.UNetConfig;
import dev.lora4j.diffusion.unet.UNetVariant;
import dev.lora4j.diffusion.unet.UNetVariant.Middle;
import dev.lora4j.diffusion.vae.Vae;
import dev.lora4j.diffusion.vae.VaeConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sizes of networks, from the names and shapes of their weights. */
class MeasuredSizesTest {
  private static final String UNET = "model.diffusion_model.";

  private static KeyTree tree(FullSizes sizes) {
    return new KeyTree(Path.of("m.safetensors"), sizes.header());
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd1", "sd1-inpainting", "sd2", "sdxl"})
  void publishedModelsHaveTheirConfiguredSizes(String kind) {
    FullSizes sizes = FullSizes.of(kind);
    KeyTree keys = tree(sizes);
    int pooled = kind.equals("sdxl") ? 1280 : 0;
    assertEquals(sizes.unet(), new InferredUNet(keys, UNET, false).config(pooled, false));
    assertEquals(
        sizes.vae(),
        new InferredVae(keys, "first_stage_model.").config(sizes.vae().scalingFactor()));
    for (int i = 0; i < sizes.texts().size(); i++) {
      ClipTextConfig text = sizes.texts().get(i);
      InferredEncoder encoder = new InferredEncoder(keys, sizes.places().get(i));
      assertEquals(text, encoder.config(0, text.projectionDim() > 0));
    }
  }

  /** Other numbers of resolutions, blocks and channels than any published model has. */
  @Test
  void unusualSizesAreInferred() {
    UNetConfig unet =
        new UNetConfig(
            5,
            8,
            List.of(64, 128, 192, 256, 320),
            List.of(true, false, true, true, true),
            List.of(true, true, true, false, false),
            3,
            40,
            List.of(1, 2, 3, 4, 5),
            32,
            1e-5,
            true,
            List.of(2, 1, 3, 1, 4),
            false,
            Optional.of(new UNetConfig.Added(10, 6 * 10 + 24)),
            UNetVariant.PLAIN);
    VaeConfig vae = new VaeConfig(3, 3, 16, List.of(32, 64, 96), 4, 32, 0.5, 0);
    ClipTextConfig text = new ClipTextConfig(100, 128, 300, 2, 2, 9, 1e-5, true);
    ClipTextConfig second = new ClipTextConfig(100, 64, 300, 3, 1, 9, 1e-5, false, 24);
    FullSizes sizes =
        new FullSizes(
            unet,
            vae,
            List.of(text, second),
            List.of(new TextEncoderLocation("a.", false), new TextEncoderLocation("b.", true)));
    KeyTree keys = tree(sizes);
    assertEquals(unet, new InferredUNet(keys, UNET, false).config(24, false));
    assertEquals(vae, new InferredVae(keys, "first_stage_model.").config(0.5));
    assertEquals(text, new InferredEncoder(keys, sizes.places().get(0)).config(0, false));
    assertEquals(second, new InferredEncoder(keys, sizes.places().get(1)).config(0, true));
    assertEquals(
        2, new InferredEncoder(keys, sizes.places().get(1)).config(1, false).numHiddenLayers());
  }

  private static UNetConfig small(List<Integer> layers, boolean upAttends, UNetVariant variant) {
    return new UNetConfig(
        4,
        4,
        List.of(64, 128, 192),
        List.of(false, true, true),
        List.of(true, true, upAttends),
        2,
        40,
        List.of(1, 2, 3),
        32,
        1e-5,
        true,
        layers,
        false,
        Optional.of(new UNetConfig.Added(10, 6 * 10 + 24)),
        variant);
  }

  static Stream<UNetConfig> smallDenoisers() {
    List<List<Integer>> up = List.of(List.of(4, 4, 10), List.of(2, 1, 1), List.of(1, 1, 1));
    List<List<Integer>> down = List.of(List.of(1, 1), List.of(2, 1), List.of(4, 4));
    return Stream.of(
        // As SSD-1B, Segmind Vega, KOALA and the smallest of Stable Diffusion 1 are built.
        small(List.of(1, 2, 4), false, UNetVariant.of(Middle.RESIDUAL, 0).depths(List.of(), up)),
        small(List.of(1, 1, 2), false, UNetVariant.of(Middle.RESIDUAL, 0)),
        small(List.of(1, 2, 5), false, UNetVariant.of(Middle.NONE, 0)),
        small(List.of(1, 2, 4), true, UNetVariant.of(Middle.NONE, 0).depths(down, up)),
        small(List.of(1, 2, 4), false, UNetVariant.PLAIN.depths(down, up)));
  }

  @ParameterizedTest
  @MethodSource("smallDenoisers")
  void smallDenoiserSizesAreInferred(UNetConfig unet) {
    VaeConfig vae = new VaeConfig(3, 3, 4, List.of(32), 1, 32, 0.5, 0);
    KeyTree keys = tree(new FullSizes(unet, vae, List.of(), List.of()));
    assertEquals(unet, new InferredUNet(keys, UNET, false).config(24, false));
  }

  /** A whole file of a small size, without any configuration beside it. */
  @Test
  void smallModelLoadsWithoutAConfiguration(@TempDir Path folder) {
    UNetConfig unet =
        new UNetConfig(
            9,
            4,
            List.of(32, 64),
            List.of(true, false),
            List.of(false, true),
            1,
            64,
            List.of(8, 8),
            32,
            1e-5,
            false);
    VaeConfig vae = new VaeConfig(3, 3, 4, List.of(32, 32), 1, 32, 0.18215, 0);
    ClipTextConfig text = new ClipTextConfig(100, 64, 96, 2, 1, 77, 1e-5, true);
    FullSizes sizes =
        new FullSizes(
            unet,
            vae,
            List.of(text),
            List.of(new TextEncoderLocation("cond_stage_model.transformer.", false)));
    OriginalFile file = OriginalFile.empty();
    sizes.header().forEach((key, info) -> file.put(key, info.shape().sizes()));
    Path written = file.write(folder.resolve("small.safetensors"));
    try (Engine engine = Engine.open();
        Scope scope = engine.scope("test")) {
      DiffusionModel model = DiffusionModel.load(scope, written, LoadOptions.in(DType.F32));
      assertEquals(new UNet(unet), model.denoiser());
      assertEquals(new Vae(vae), model.vae());
      assertEquals(
          List.of(new ClipText(text)),
          model.textEncoders().stream().map(TextEncoder::network).toList());
      assertEquals(64, model.sampleSize());
      String notes = String.join("\n", model.notes());
      assertTrue(notes.contains("a Stable Diffusion 1 that predicts noise"), notes);
      assertTrue(notes.contains("[8, 8] heads"), notes);
      DiffusionModel told =
          DiffusionModel.load(
              scope, written, LoadOptions.in(DType.F32).predicting(Prediction.V_PREDICTION));
      assertNotEquals(model.configuration(), told.configuration());
      assertEquals(model.hash(), told.hash());
    }
  }

  /** What a file says about its prediction, in the order in which it is believed. */
  @ParameterizedTest
  @CsvSource({
    "SD2,0.2,,,V_PREDICTION",
    "SD2,0.01,,,EPSILON",
    "SD2,0.2,875000,,EPSILON",
    "SD2,0.01,110000,,V_PREDICTION",
    "SD2,0.2,,epsilon,EPSILON",
    "SD2,0.01,,v,V_PREDICTION",
    "SD1,0.2,,,EPSILON",
    "SD1,0.01,,v,V_PREDICTION",
    "XL,0.2,110000,,EPSILON"
  })
  void predictionTypeIsInferredFromSigns(
      OriginalKind kind,
      float spread,
      @Nullable Long step,
      @Nullable String said,
      Prediction expected,
      @TempDir Path folder) {
    OriginalFile file =
        OriginalFile.empty()
            .put("norm", HostTensor.of(Shape.of(4), spread, -spread, spread, -spread));
    if (step != null) {
      file.put("global_step", HostTensor.of(Shape.of(1), step));
    }
    if (said != null) {
      file.metadata("modelspec.prediction_type", said);
    }
    try (Safetensors store = Safetensors.open(file.write(folder.resolve("m.safetensors")))) {
      InferredPrediction taught = inferred(store, kind, Optional.of("norm"));
      assertEquals(expected, taught.prediction(), taught.because());
    }
  }

  private static InferredPrediction inferred(
      Safetensors store, OriginalKind kind, Optional<String> bias) {
    Metadata said = new Metadata(store.metadata());
    return InferredPrediction.of(StoredTensors.of(store), said, kind, bias);
  }

  @Test
  void markKeysMeanVelocityWithZeroTerminalSnr(@TempDir Path folder) {
    OriginalFile file = OriginalFile.empty().put("v_pred", 1).put("ztsnr", 1);
    try (Safetensors store = Safetensors.open(file.write(folder.resolve("m.safetensors")))) {
      InferredPrediction taught = inferred(store, OriginalKind.XL, Optional.empty());
      assertEquals(Prediction.V_PREDICTION, taught.prediction());
      assertTrue(taught.zeroTerminalSnr());
    }
  }

  /** The lists of layers that adapters go by were made another way. */
  @ParameterizedTest
  @CsvSource({"sd1,sd15", "sd2,sd21", "sdxl,sdxl"})
  void namesAreThoseOfTheFamilysLayers(String kind, String family) {
    UNetWeightNames names = new UNetWeightNames(FullSizes.of(kind).unet());
    Family known = Families.named(family);
    int count = 0;
    for (NativeName name : known.natives()) {
      if (name.site().startsWith("unet.")) {
        String diffusers = name.site().substring("unet.".length()) + ".weight";
        assertEquals(
            name.path().substring("diffusion_model.".length()) + ".weight", names.of(diffusers));
        count++;
      }
    }
    assertTrue(count > 200, () -> count(known) + " layers");
  }

  private static int count(Family family) {
    return family.natives().size();
  }

  @ParameterizedTest
  @CsvSource({
    "sdxl,input_blocks.5.1.transformer_blocks.,others do not",
    "sdxl,output_blocks.2.1.transformer_blocks.,others do not",
    "sdxl,middle_block.1.transformer_blocks.9.,its middle has another number",
    "sd1,middle_block.1.transformer_blocks.,nothing in the middle",
    "sd1,input_blocks.2.,different numbers of blocks"
  })
  void unsupportedArchitecturesAreRefused(String kind, String without, String reason) {
    Map<String, TensorInfo> header = FullSizes.of(kind).header();
    header.keySet().removeIf(k -> k.startsWith(UNET + without));
    if (without.equals("input_blocks.2.")) {
      // The blocks after it follow it directly.
      for (String key : List.copyOf(header.keySet())) {
        if (key.startsWith(UNET + "input_blocks.")) {
          String rest = key.substring((UNET + "input_blocks.").length());
          int number = Integer.parseInt(rest.substring(0, rest.indexOf('.')));
          if (number > 2) {
            TensorInfo info = header.remove(key);
            header.put(
                UNET + "input_blocks." + (number - 1) + rest.substring(rest.indexOf('.')), info);
          }
        }
      }
    }
    KeyTree keys = new KeyTree(Path.of("m.safetensors"), header);
    int pooled = kind.equals("sdxl") ? 1280 : 0;
    String message =
        assertThrows(
                CheckpointException.class,
                () -> new InferredUNet(keys, UNET, false).config(pooled, false))
            .getMessage();
    assertTrue(message.contains(reason), message);
  }

  @Test
  void ambiguousAttentionHeadsNeedAConfiguration() {
    Map<String, TensorInfo> header = FullSizes.of("sd2").header();
    header.replaceAll(
        (key, t) ->
            key.endsWith("input_blocks.1.0.out_layers.3.weight")
                    || key.endsWith("input_blocks.2.0.out_layers.3.weight")
                ? new TensorInfo(key, DType.F16, Shape.of(96, 96, 3, 3), 0, 0)
                : t);
    KeyTree keys = new KeyTree(Path.of("m.safetensors"), header);
    String message =
        assertThrows(
                CheckpointException.class,
                () -> new InferredUNet(keys, UNET, false).config(0, false))
            .getMessage();
    assertTrue(message.contains("96 channels"), message);
    assertTrue(message.contains("--base-config"), message);
  }
}
