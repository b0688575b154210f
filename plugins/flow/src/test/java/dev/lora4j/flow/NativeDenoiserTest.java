package dev.lora4j.flow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.gguf.GgufValue;
import dev.lora4j.core.gguf.GgufWriter;
import dev.lora4j.core.model.BasePrecision;
import dev.lora4j.core.model.BasePrecision.StoredBits;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A transformer in one file of the layout of first publication, in place of the base's. */
class NativeDenoiserTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final LoadOptions PLAIN = LoadOptions.in(DType.F32);
  private static final String WHOLE = "model.diffusion_model.";
  private static final String WEIGHTS = "transformer/diffusion_pytorch_model.safetensors";
  private static final int WIDTH = 16;

  /** Missing from a whole file: one that three layers are in. */
  private static final String FUSED_OF_SD3 = "joint_blocks.1.x_block.attn2.qkv.bias";

  @TempDir private Path folder = Path.of("");
  private int bases;

  @AfterAll
  static void close() {
    LORA.close();
  }

  private static int[] picture(Path base, LoadOptions options) {
    try (StableDiffusion sd = StableDiffusion.open(LORA, base, options)) {
      BufferedImage image =
          sd.generate(Prompt.of(Goldens.PROMPT).seed(7).steps(2).size(24, 16)).image();
      return image.getRGB(0, 0, 24, 16, null, 0, 24);
    }
  }

  /** The base without the weights of its transformer, whose sizes alone count. */
  private Path base(TinyPipeline pipeline) {
    Path base = pipeline.copy(folder.resolve("base" + bases++));
    try {
      Files.delete(base.resolve(WEIGHTS));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return base;
  }

  private Path file(TinyPipeline pipeline, String prefix) throws IOException {
    return NativeFile.write(pipeline, folder.resolve("file.safetensors"), prefix, name -> true);
  }

  /** The same tensors as ComfyUI-GGUF keeps them. */
  private Path gguf(TinyPipeline pipeline) throws IOException {
    GgufWriter writer =
        new GgufWriter().entry("general.architecture", new GgufValue.Text("a model"));
    try (TensorStore store = TensorStore.open(file(pipeline, ""))) {
      store
          .tensors()
          .forEach(
              (name, info) ->
                  writer.tensor(name, HostTensor.of(info.dtype(), info.shape(), store.read(name))));
    }
    Path gguf = folder.resolve("file.gguf");
    writer.write(gguf);
    return gguf;
  }

  static Stream<TinyPipeline> pipelines() {
    return Stream.of(TinyPipeline.SD3, TinyPipeline.FLUX, TinyPipeline.ZIMAGE, TinyPipeline.KLEIN);
  }

  @ParameterizedTest
  @MethodSource("pipelines")
  void picturesAreThoseOfTheFolder(TinyPipeline pipeline) throws IOException {
    int[] expected = picture(pipeline.source(), PLAIN);
    Path base = base(pipeline);
    for (String prefix : List.of("", "diffusion_model.", WHOLE)) {
      Path file = file(pipeline, prefix);
      assertArrayEquals(expected, picture(base, PLAIN.withDenoiser(file)), prefix);
    }
    assertArrayEquals(expected, picture(base, PLAIN.withDenoiser(gguf(pipeline))), "GGUF");
  }

  /** Fused layers in small floating-point numbers: kept as they are, and as numbers. */
  @ParameterizedTest
  @MethodSource("pipelines")
  void codesOfFusedLayersGiveThePictureOfTheirNumbers(TinyPipeline pipeline) throws IOException {
    Path codes = folder.resolve("codes.safetensors");
    SafetensorsWriter writer = new SafetensorsWriter();
    try (TensorStore store = TensorStore.open(file(pipeline, WHOLE))) {
      store
          .tensors()
          .forEach(
              (name, info) -> {
                HostTensor values = HostTensor.of(info.dtype(), info.shape(), store.read(name));
                boolean layer = name.endsWith(".weight") && info.shape().rank() == 2;
                writer.add(
                    name,
                    layer ? DType.F8_E4M3 : DType.F32,
                    info.shape(),
                    layer ? codes(info.shape(), name.hashCode()) : values.bytes());
                if (layer) {
                  String scale = name.replaceFirst("weight$", "scale_weight");
                  writer.add(
                      scale, DType.F32, Shape.of(1), HostTensor.of(Shape.of(1), 0.05f).bytes());
                }
              });
    }
    writer.write(codes);
    LoadOptions options = PLAIN.withDenoiser(codes);
    Path base = base(pipeline);
    int[] kept = picture(base, options);
    BasePrecision numbers = BasePrecision.in(DType.F32).with(StoredBits.FULL);
    int[] full = picture(base, LoadOptions.in(numbers).withDenoiser(codes));
    int worst = 0;
    for (int i = 0; i < kept.length; i++) {
      for (int shift = 0; shift < 24; shift += 8) {
        worst = Math.max(worst, Math.abs((kept[i] >> shift & 0xff) - (full[i] >> shift & 0xff)));
      }
    }
    assertTrue(worst <= 1, worst + " of 255");
    assertTrue(!Arrays.equals(picture(pipeline.source(), PLAIN), kept), "rounded");
  }

  /** Numbers of either sign from 1/32 to 2. */
  private static ByteBuffer codes(Shape shape, int seed) {
    byte[] codes = new byte[(int) shape.elements()];
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) (random.nextInt(0x10, 0x41) | (random.nextBoolean() ? 0x80 : 0));
    }
    return ByteBuffer.wrap(codes);
  }

  private String refusal(TinyPipeline pipeline, Path file) {
    LoadOptions options = PLAIN.withDenoiser(file);
    return String.valueOf(
        assertThrows(
                ModelException.class, () -> StableDiffusion.open(LORA, base(pipeline), options))
            .getMessage());
  }

  @Test
  void aMissingTensorIsNamedAsTheFileWouldHaveIt() throws IOException {
    TinyPipeline sd3 = TinyPipeline.SD3;
    Path file = folder.resolve("file.safetensors");
    NativeFile.write(sd3, file, WHOLE, n -> !n.equals(FUSED_OF_SD3));
    String told = refusal(sd3, file);
    assertTrue(told.contains("1 weight is missing"), told);
    String missing = "missing: file.safetensors: " + WHOLE + FUSED_OF_SD3 + " [" + 3 * WIDTH + "]";
    assertTrue(told.contains(missing), told);
  }

  @Test
  void partsAndOtherModelsAreRefusedBeforeTheirWeightsAreRead() throws IOException {
    Path part = folder.resolve("part.safetensors");
    NativeFile.write(TinyPipeline.SD3, part, "", n -> n.startsWith("joint_blocks.2"));
    for (Path file : List.of(part, file(TinyPipeline.FLUX, WHOLE))) {
      String told = refusal(TinyPipeline.SD3, file);
      assertTrue(told.contains("has no denoiser of the base's kind"), told);
      assertTrue(told.contains("less than half of its layers"), told);
      assertEquals(1, told.lines().count());
    }
  }

  /** Blocks of both have layers of the same names in diffusers. */
  @Test
  void otherKindsAreToldByTheLayersAroundTheirBlocks() {
    Path flux = TinyPipeline.FLUX.source().resolve(WEIGHTS);
    String told = refusal(TinyPipeline.SD3, flux);
    assertTrue(told.contains("is the denoiser of another kind than that of"), told);
    assertTrue(
        told.contains("it lacks pos_embed.proj.weight, pos_embed.proj.bias, pos_embed.pos_embed."),
        told);
    assertEquals(1, told.lines().count());
    Path schnell =
        Goldens.RESOURCES.resolve("flux/schnell").resolve("diffusion_pytorch_model.safetensors");
    String guided = refusal(TinyPipeline.FLUX, schnell);
    assertTrue(guided.contains("time_text_embed.guidance_embedder.linear_1.weight"), guided);
  }
}
