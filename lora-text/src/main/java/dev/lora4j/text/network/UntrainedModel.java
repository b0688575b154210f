package dev.lora4j.text.network;

import com.google.gson.GsonBuilder;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Folders of models that were taught nothing, in the layout of transformers. */
public final class UntrainedModel {
  private UntrainedModel() {}

  /**
   * Writes {@code config.json} and {@code model.safetensors}, F32.
   *
   * @param folder is made if need be
   * @param config its fields, with numbers, texts, flags and lists of them
   * @param network of the written configuration
   * @param values of all weights, flat by their layout
   */
  public static void write(
      Path folder,
      Map<String, Object> config,
      Function<ConfigFile, LanguageNetwork> network,
      Function<FlatLayout, float[]> values)
      throws IOException {
    Files.createDirectories(folder);
    Path file = folder.resolve("config.json");
    AtomicFile.write(file, new GsonBuilder().setPrettyPrinting().create().toJson(config) + "\n");
    LanguageNetwork made = network.apply(ConfigFile.read(file));
    List<Parameter> all =
        Network.walk(
            "",
            DType.F32,
            (graph, weights) -> {
              made.walk(weights.apply(SiteAdapters.NONE), DType.F32);
              return List.of();
            });
    FlatLayout layout =
        FlatLayout.of(all.stream().filter(p -> !made.shared().containsKey(p.name())).toList());
    float[] flat = values.apply(layout);
    SafetensorsWriter writer = new SafetensorsWriter().metadata(Map.of("format", "pt"));
    for (FlatLayout.Slot slot : layout.slots()) {
      int from = Math.toIntExact(slot.offset());
      int to = from + Math.toIntExact(slot.parameter().shape().elements());
      ByteBuffer bytes =
          ByteBuffer.allocate((to - from) * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(Arrays.copyOfRange(flat, from, to));
      writer.add(slot.parameter().name(), DType.F32, slot.parameter().shape(), bytes);
    }
    writer.write(folder.resolve("model.safetensors"));
  }
}
