package dev.lora4j.text.llama;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.Initialiser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * An untrained LLaMA.
 *
 * @param vocabulary number of tokens
 * @param width of the stream between layers
 * @param inner width within feed-forward layers
 * @param layers how many
 * @param heads of attention; the width divides by them
 * @param keyValueHeads of keys and values; the heads divide by them
 * @param tied whether the head has the table of the embedding
 * @param longest sequence, in tokens
 */
public record NewLlama(
    int vocabulary,
    int width,
    int inner,
    int layers,
    int heads,
    int keyValueHeads,
    boolean tied,
    int longest) {
  /** Checks that the sizes fit each other. */
  public NewLlama {
    if (vocabulary < 1 || inner < 1 || layers < 1 || longest < 2 || heads < 1) {
      throw new IllegalArgumentException("All sizes of a model are 1 or more.");
    }
    if (keyValueHeads < 1 || heads % keyValueHeads != 0) {
      throw new IllegalArgumentException(
          heads + " heads cannot share " + keyValueHeads + " of keys and values.");
    }
    if (width % (2 * heads) != 0) {
      throw new IllegalArgumentException(
          "The width must divide into " + heads + " heads of an even width, found " + width + ".");
    }
  }

  /**
   * Writes {@code config.json} and weights from chance, F32.
   *
   * @param folder is made if need be
   */
  public void write(Path folder, long seed) throws IOException {
    Files.createDirectories(folder);
    JsonObject config = new JsonObject();
    config.add("architectures", new GsonBuilder().create().toJsonTree(List.of("LlamaForCausalLM")));
    config.addProperty("model_type", "llama");
    config.addProperty("vocab_size", vocabulary);
    config.addProperty("hidden_size", width);
    config.addProperty("intermediate_size", inner);
    config.addProperty("num_hidden_layers", layers);
    config.addProperty("num_attention_heads", heads);
    config.addProperty("num_key_value_heads", keyValueHeads);
    config.addProperty("head_dim", width / heads);
    config.addProperty("hidden_act", "silu");
    config.addProperty("max_position_embeddings", longest);
    config.addProperty("rms_norm_eps", 1e-5);
    config.addProperty("rope_theta", 10000.0);
    config.addProperty("tie_word_embeddings", tied);
    config.addProperty("bos_token_id", 0);
    config.addProperty("eos_token_id", 0);
    Path file = folder.resolve("config.json");
    AtomicFile.write(file, new GsonBuilder().setPrettyPrinting().create().toJson(config) + "\n");
    Llama network = new Llama(LlamaConfig.read(ConfigFile.read(file)));
    List<Parameter> all =
        Network.walk(
            "",
            DType.F32,
            (graph, weights) -> {
              network.walk(weights.apply(SiteAdapters.NONE), DType.F32);
              return List.of();
            });
    List<Parameter> parameters =
        all.stream().filter(p -> !network.shared().containsKey(p.name())).toList();
    FlatLayout layout = FlatLayout.of(parameters);
    float[] flat = Initialiser.fill(layout, seed);
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
