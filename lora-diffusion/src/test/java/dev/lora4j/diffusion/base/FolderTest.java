package dev.lora4j.diffusion.base;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.diffusion.TinySd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders as diffusers and transformers have saved them over time, and what is wrong with some. */
class FolderTest {
  private static final Engine ENGINE = Engine.open();
  private static final String WEIGHTS = "diffusion_pytorch_model.safetensors";

  @TempDir private Path folder;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  @BeforeEach
  void copy() throws IOException {
    try (Stream<Path> files = Files.walk(TinySd.FOLDER)) {
      for (Path file : files.toList()) {
        Path to = folder.resolve(TinySd.FOLDER.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(to);
        } else {
          Files.copy(file, to);
        }
      }
    }
  }

  private void rewrite(Path file, Path to, UnaryOperator<String> names) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    try (Safetensors opened = Safetensors.open(file)) {
      opened
          .tensors()
          .values()
          .forEach(
              t -> writer.add(names.apply(t.name()), t.dtype(), t.shape(), opened.read(t.name())));
      writer.write(to);
    }
    if (!file.equals(to)) {
      Files.delete(file);
    }
  }

  private float[] weight(Path from, String model, String name) {
    try (Scope scope = ENGINE.scope("test")) {
      DiffusionModel loaded = DiffusionModel.load(scope, from, LoadOptions.in(DType.F32));
      var weights =
          switch (model) {
            case "unet" -> loaded.denoiserWeights();
            case "vae" -> loaded.vaeWeights();
            default -> loaded.textEncoders().get(0).weights();
          };
      return weights.tensor(name).floats();
    }
  }

  private void assertAsBefore(String model, String name) {
    assertArrayEquals(weight(TinySd.FOLDER, model, name), weight(folder, model, name));
  }

  private String refused() {
    try (Scope scope = ENGINE.scope("test")) {
      return assertThrows(
              ModelException.class,
              () -> DiffusionModel.load(scope, folder, LoadOptions.in(DType.F32)))
          .getMessage();
    }
  }

  @Test
  void attentionOfAutoencodersBeforeDiffusers15() throws IOException {
    Path file = folder.resolve("vae").resolve(WEIGHTS);
    Map<String, String> old =
        Map.of("to_q", "query", "to_k", "key", "to_v", "value", "to_out.0", "proj_attn");
    rewrite(
        file,
        file,
        name -> {
          for (Map.Entry<String, String> e : old.entrySet()) {
            if (name.contains(".attentions.0." + e.getKey() + ".")) {
              return name.replace("." + e.getKey() + ".", "." + e.getValue() + ".");
            }
          }
          return name;
        });
    for (String layer : old.keySet()) {
      assertAsBefore("vae", "decoder.mid_block.attentions.0." + layer + ".weight");
    }
  }

  @Test
  void textEncodersSinceTransformers56() throws IOException {
    Path file = folder.resolve("text_encoder/model.safetensors");
    rewrite(file, file, name -> name.substring("text_model.".length()));
    assertAsBefore("text_encoder", "text_model.encoder.layers.1.mlp.fc2.weight");
  }

  @ParameterizedTest
  @CsvSource({
    "unet,diffusion_pytorch_model.fp16.safetensors,conv_in.weight",
    "vae,diffusion_pytorch_model.fp16.safetensors,encoder.conv_in.weight",
    "text_encoder,model.fp16.safetensors,text_model.final_layer_norm.bias"
  })
  void variants(String model, String name, String weight) throws IOException {
    Path part = folder.resolve(model);
    Path file = part.resolve(model.startsWith("text") ? "model.safetensors" : WEIGHTS);
    rewrite(file, part.resolve(name), n -> n);
    assertAsBefore(model, weight);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "diffusion_pytorch_model.safetensors.index.json",
        "diffusion_pytorch_model.safetensors.fp16.index.json"
      })
  void shards(String index) throws IOException {
    Path unet = folder.resolve("unet");
    List<SafetensorsWriter> shards =
        List.of(new SafetensorsWriter(), new SafetensorsWriter(), new SafetensorsWriter());
    JsonObject map = new JsonObject();
    try (Safetensors whole = Safetensors.open(unet.resolve(WEIGHTS))) {
      List<String> names = new ArrayList<>(whole.tensors().keySet());
      for (int i = 0; i < names.size(); i++) {
        var t = whole.tensors().get(names.get(i));
        shards.get(i % 3).add(t.name(), t.dtype(), t.shape(), whole.read(t.name()));
        map.addProperty(t.name(), "part-" + i % 3 + ".safetensors");
      }
      for (int i = 0; i < 3; i++) {
        shards.get(i).write(unet.resolve("part-" + i + ".safetensors"));
      }
    }
    Files.delete(unet.resolve(WEIGHTS));
    JsonObject json = new JsonObject();
    json.add("weight_map", map);
    Files.writeString(unet.resolve(index), json.toString());
    for (String name :
        List.of("conv_in.weight", "conv_out.bias", "mid_block.resnets.0.norm1.bias")) {
      assertAsBefore("unet", name);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"diffusion_pytorch_model.bin", "diffusion_pytorch_model.ckpt"})
  void weightsThatCanRunCodeAreNotOpened(String name) throws IOException {
    Path unet = folder.resolve("unet");
    Files.move(unet.resolve(WEIGHTS), unet.resolve(name));
    String message = refused();
    assertTrue(message.contains("unet has no weights"), message);
    assertTrue(message.contains("convert them to safetensors"), message);
  }

  @Test
  void problemsOfAllPartsAreReportedTogether() throws IOException {
    for (String part : List.of("unet", "vae")) {
      Path file = folder.resolve(part).resolve(WEIGHTS);
      rewrite(file, file, n -> n.replace("conv_in.weight", "conv_inn.weight"));
    }
    Path text = folder.resolve("text_encoder/model.safetensors");
    SafetensorsWriter writer = new SafetensorsWriter();
    try (Safetensors opened = Safetensors.open(text)) {
      opened
          .tensors()
          .values()
          .forEach(
              t -> {
                if (t.name().endsWith("final_layer_norm.bias")) {
                  writer.add(t.name(), DType.F32, Shape.of(3), new byte[12]);
                } else {
                  writer.add(t.name(), t.dtype(), t.shape(), opened.read(t.name()));
                }
              });
      writer.write(text);
    }
    String message = refused();
    assertTrue(message.contains("missing: unet/conv_in.weight"), message);
    assertTrue(message.contains("nearest there: unet/conv_inn.weight"), message);
    assertTrue(message.contains("missing: vae/encoder.conv_in.weight"), message);
    assertTrue(message.contains("not known: vae/decoder.conv_inn.weight"), message);
    assertTrue(
        message.contains("text_encoder/text_model.final_layer_norm.bias is [3], expected [24]"),
        message);
  }

  /** As diffusers calls the folder of denoisers that are no UNets. */
  @Test
  void denoiserFolderMayBeCalledTransformer() throws IOException {
    Files.move(folder.resolve("unet"), folder.resolve("transformer"));
    assertAsBefore("unet", "conv_in.weight");
    Path file = folder.resolve("transformer").resolve(WEIGHTS);
    rewrite(file, file, name -> name.replace("conv_in.", "conv_inn."));
    String message = refused();
    assertTrue(message.contains("missing: transformer/conv_in.weight"), message);
  }

  @Test
  void denoiserOfWrongOutputChannelsIsRefused() throws IOException {
    Path file = folder.resolve("unet").resolve("config.json");
    JsonObject json =
        com.google.gson.JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    json.addProperty("out_channels", 8);
    Files.writeString(file, json.toString());
    String message = refused();
    assertTrue(
        message.contains("predicts 8 channels, but the autoencoder's latents have 4"), message);
  }

  @ParameterizedTest
  @CsvSource({
    "unet,_class_name,UNetSpatioTemporalConditionModel,there are unet (UNet2DConditionModel)",
    "vae,_class_name,AsymmetricAutoencoderKL,there are kl (AutoencoderKL)",
    "unet,class_embed_type,timestep,models that set it cannot be read"
  })
  void otherArchitecturesAreNamed(String part, String key, String value, String said)
      throws IOException {
    Path file = folder.resolve(part).resolve("config.json");
    JsonObject json =
        com.google.gson.JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    json.addProperty(key, value);
    Files.writeString(file, json.toString());
    String message = refused();
    assertTrue(message.contains(value), message);
    assertTrue(message.contains(said), message);
    assertEquals(1, message.lines().count());
  }
}
