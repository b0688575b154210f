package dev.lora4j.diffusion.family.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.bake.Bake;
import dev.lora4j.core.format.checkpoint.BaseCheckpoint;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same weights in one file of the original layout and in a folder of diffusers. */
class BakeOriginalLayoutTest {
  private static final String DENOISER = "diffusion_pytorch_model.safetensors";
  private static final int WIDTH = 1280;
  private static final String ATTENTION = "down_blocks.1.attentions.0.transformer_blocks.0.attn2.";
  private static final String LAYER = "text_model.encoder.layers.0.";

  private final Random random = new Random(5);

  @TempDir private Path folder;

  @Test
  void originalLayoutAndFolderBakeToEqualWeights() throws IOException {
    Path file = folder.resolve("single.safetensors");
    Path parts = folder.resolve("parts");
    bases(file, parts);
    Path ink = adapter();
    Path bakedFile = folder.resolve("baked.safetensors");
    Path bakedParts = folder.resolve("baked");
    try (Engine engine = Engine.open(EngineOptions.DEFAULT.threads(1));
        Scope scope = engine.scope("bake")) {
      bake(scope, file, ink, bakedFile);
      bake(scope, parts, ink, bakedParts);
    }
    try (BaseCheckpoint before = BaseCheckpoint.open(file);
        BaseCheckpoint one = BaseCheckpoint.open(bakedFile);
        BaseCheckpoint other = BaseCheckpoint.open(bakedParts)) {
      Set<String> untouched = Set.of("text_encoder_2." + LAYER + "self_attn.k_proj");
      one.base()
          .sites()
          .all()
          .forEach(
              site -> {
                HostTensor weight = weight(one, site.name());
                assertEquals(weight, weight(other, site.name()), site.name());
                if (untouched.contains(site.name())) {
                  assertEquals(weight(before, site.name()), weight, site.name());
                } else {
                  assertNotEquals(weight(before, site.name()), weight, site.name());
                }
              });
      assertEquals(6, one.base().sites().all().size());
      assertEquals(6, other.base().sites().all().size());
    }
  }

  private static void bake(Scope scope, Path base, Path ink, Path output) {
    try (BaseCheckpoint opened = BaseCheckpoint.open(base)) {
      Adapter adapter = AdapterFiles.read(ink, opened.base()).adapter();
      new Bake(scope, opened, MixPlan.of(adapter, 0.5)).into(output);
    }
  }

  private static HostTensor weight(BaseCheckpoint checkpoint, String site) {
    return checkpoint.read(checkpoint.weight(site).orElseThrow());
  }

  private void bases(Path file, Path parts) throws IOException {
    HostTensor attention = random(4, 2048);
    HostTensor fused = random(3L * WIDTH, 4);
    HostTensor projection = random(4, 6);
    HostTensor down = random(4, 4, 3, 3);
    SafetensorsWriter original = new SafetensorsWriter();
    String unet = "model.diffusion_model.input_blocks.";
    String clip = "conditioner.embedders.1.model.";
    add(original, unet + "4.1.transformer_blocks.0.attn2.to_k.weight", attention);
    add(original, unet + "3.0.op.weight", down);
    add(original, clip + "transformer.resblocks.0.attn.in_proj_weight", fused);
    add(original, clip + "text_projection", turned(projection));
    original.write(file);

    SafetensorsWriter denoiser = new SafetensorsWriter();
    add(denoiser, ATTENTION + "to_k.weight", attention);
    add(denoiser, "down_blocks.0.downsamplers.0.conv.weight", down);
    denoiser.write(Files.createDirectories(parts.resolve("unet")).resolve(DENOISER));
    SafetensorsWriter text = new SafetensorsWriter();
    Map<String, Integer> rows = Map.of("q_proj", 0, "k_proj", 1, "v_proj", 2);
    rows.forEach((name, n) -> add(text, LAYER + "self_attn." + name + ".weight", rows(fused, n)));
    add(text, "text_projection.weight", projection);
    text.write(
        Files.createDirectories(parts.resolve("text_encoder_2")).resolve("model.safetensors"));
  }

  private Path adapter() {
    SafetensorsWriter writer = new SafetensorsWriter();
    factors(writer, "lora_unet_" + ATTENTION + "to_k", Shape.of(2, 2048), Shape.of(4, 2));
    factors(
        writer,
        "lora_unet_down_blocks.0.downsamplers.0.conv",
        Shape.of(2, 4, 3, 3),
        Shape.of(4, 2, 1, 1));
    for (String name : Set.of("q_proj", "v_proj")) {
      String layer = "lora_te2_" + LAYER + "self_attn." + name;
      factors(writer, layer, Shape.of(2, 4), Shape.of(WIDTH, 2));
    }
    factors(writer, "lora_te2_text_projection", Shape.of(2, 6), Shape.of(4, 2));
    Path file = folder.resolve("ink.safetensors");
    writer.write(file);
    return file;
  }

  private void factors(SafetensorsWriter writer, String layer, Shape down, Shape up) {
    String flat = layer.replace('.', '_');
    add(writer, flat + ".lora_down.weight", random(down.sizes()));
    add(writer, flat + ".lora_up.weight", random(up.sizes()));
  }

  private HostTensor random(long... sizes) {
    Shape shape = Shape.of(sizes);
    float[] values = new float[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return HostTensor.of(shape, values);
  }

  private static HostTensor rows(HostTensor fused, int part) {
    int bytes = fused.bytes().remaining() / 3;
    return HostTensor.of(DType.F32, Shape.of(WIDTH, 4), fused.bytes().slice(part * bytes, bytes));
  }

  private static HostTensor turned(HostTensor matrix) {
    double[] values = matrix.doubles();
    int rows = (int) matrix.shape().size(0);
    int columns = (int) matrix.shape().size(1);
    float[] turned = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      turned[i % columns * rows + i / columns] = (float) values[i];
    }
    return HostTensor.of(Shape.of(columns, rows), turned);
  }

  private static void add(SafetensorsWriter writer, String name, HostTensor tensor) {
    writer.add(name, tensor.dtype(), tensor.shape(), tensor.bytes());
  }
}
