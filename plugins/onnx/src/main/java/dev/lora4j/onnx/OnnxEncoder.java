package dev.lora4j.onnx;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lora4j.core.adapter.Matrices;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A BERT that PyTorch exported as ONNX, such as the sentence encoder all-MiniLM-L6-v2, as a folder
 * of transformers. Biases, norms and tables have transformers' names in such files. Weights of
 * linear layers have none and lie as [in, out]; the operators that read them show which they are.
 */
public final class OnnxEncoder {
  private static final Pattern PRODUCT = Pattern.compile("/(encoder/.+|pooler/dense)/MatMul");
  private static final String WORDS = "embeddings.word_embeddings.weight";
  private static final String SELF = "/encoder/layer.0/attention/self/";

  private final OnnxWeights file;
  private final SortedMap<String, HostTensor> weights = new TreeMap<>();

  private OnnxEncoder(OnnxWeights file) {
    this.file = file;
    for (String name : file.names()) {
      boolean named = name.startsWith("embeddings.") || name.startsWith("encoder.");
      if (named || name.startsWith("pooler.")) {
        HostTensor tensor = file.tensor(name);
        if (tensor.dtype() != DType.I64) {
          weights.put(name, tensor);
        }
      }
    }
    for (OnnxNode node : file.nodes()) {
      Matcher product = PRODUCT.matcher(node.name());
      if (product.matches() && node.inputs().size() == 2) {
        String weight = node.inputs().get(1);
        if (file.names().contains(weight)) {
          String name = product.group(1).replace('/', '.') + ".weight";
          weights.put(name, Matrices.transposed(file.tensor(weight)));
        }
      }
    }
  }

  /**
   * Writes {@code config.json} and {@code model.safetensors}, and {@code tokenizer.json} as a copy.
   *
   * @param onnx the exported model
   * @param tokenizer its {@code tokenizer.json}
   * @param folder where to; made if it is not there
   * @throws ModelException if the file is no BERT that was exported so
   */
  public static void write(Path onnx, Path tokenizer, Path folder) {
    OnnxEncoder encoder = new OnnxEncoder(OnnxWeights.open(onnx));
    String config = encoder.config();
    SafetensorsWriter writer = new SafetensorsWriter();
    encoder.weights.forEach((name, t) -> writer.add(name, t.dtype(), t.shape(), t.bytes()));
    try {
      Files.createDirectories(folder);
      copy(RegularFile.bytes(tokenizer, RegularFile.VOCABULARY), folder.resolve("tokenizer.json"));
      copy(config.getBytes(StandardCharsets.UTF_8), folder.resolve("config.json"));
    } catch (IOException e) {
      throw new ModelException("Cannot write " + folder + ": " + e.getMessage(), e);
    }
    writer.write(folder.resolve("model.safetensors"));
  }

  private static void copy(byte[] bytes, Path to) throws IOException {
    AtomicFile.write(to, out -> out.write(ByteBuffer.wrap(bytes)));
  }

  private String config() {
    JsonObject config = new JsonObject();
    JsonArray architectures = new JsonArray();
    architectures.add("BertModel");
    config.add("architectures", architectures);
    config.addProperty("model_type", "bert");
    config.addProperty("vocab_size", size(WORDS, 0));
    config.addProperty("hidden_size", size(WORDS, 1));
    config.addProperty("max_position_embeddings", size("embeddings.position_embeddings.weight", 0));
    config.addProperty("type_vocab_size", size("embeddings.token_type_embeddings.weight", 0));
    config.addProperty("num_hidden_layers", layers());
    config.addProperty("num_attention_heads", heads());
    config.addProperty("intermediate_size", size("encoder.layer.0.intermediate.dense.bias", 0));
    config.addProperty("hidden_act", activation());
    config.addProperty("layer_norm_eps", epsilon());
    config.addProperty("pad_token_id", 0);
    return new GsonBuilder().setPrettyPrinting().create().toJson(config) + "\n";
  }

  private long size(String name, int dimension) {
    HostTensor tensor = weights.get(name);
    if (tensor == null || tensor.shape().rank() <= dimension) {
      throw other("it has no " + name);
    }
    return tensor.shape().size(dimension);
  }

  private int layers() {
    int layers = 0;
    while (weights.containsKey("encoder.layer." + layers + ".output.dense.weight")) {
      layers++;
    }
    return layers;
  }

  /**
   * Queries are divided into [batch, tokens, heads, width], of which the last two are constants;
   * the number of heads may be -1, for as many as there are.
   */
  private long heads() {
    OnnxNode sizes = file.node(SELF + "Concat").orElseThrow(() -> other("it divides no heads"));
    if (sizes.inputs().size() != 4) {
      throw other("it divides heads in another way");
    }
    long heads = (long) number(sizes.inputs().get(2));
    long width = (long) number(sizes.inputs().get(3));
    long all = size(WORDS, 1);
    if (width < 1 || all % width != 0 || (heads != -1 && heads * width != all)) {
      throw other(heads + " heads of width " + width + " do not make its width");
    }
    return all / width;
  }

  private String activation() {
    return file.node("/encoder/layer.0/intermediate/intermediate_act_fn/Erf")
        .map(n -> "gelu")
        .orElseThrow(() -> other("its feed-forward layers have another activation than gelu"));
  }

  private double epsilon() {
    OnnxNode sum =
        file.node("/embeddings/LayerNorm/Add").orElseThrow(() -> other("its norms are not opened"));
    float epsilon = (float) number(sum.inputs().get(sum.inputs().size() - 1));
    // An F32's shortest digits are those that the configuration had.
    return Double.parseDouble(Float.toString(epsilon));
  }

  private double number(String name) {
    HostTensor tensor = file.tensor(name);
    if (tensor.shape().elements() != 1) {
      throw other(name + " is no number");
    }
    return tensor.doubles()[0];
  }

  private ModelException other(String why) {
    return new ModelException(
        file.file() + " is no BERT as PyTorch exports it by tracing: " + why + ".");
  }
}
