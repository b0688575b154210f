package dev.lora4j.whisper.ctranslate;

import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A Whisper that CTranslate2 runs, as faster-whisper has it, as a folder of transformers. There the
 * weights of queries, keys and values are one, and keys have a bias of 0, as adding one number to
 * all scores of a token changes nothing.
 */
public final class CTranslateWhisper {
  private static final String MODEL = "model.bin";
  private static final String TOKENIZER = "tokenizer.json";
  private static final int GELU = 3;

  private final CTranslateFile file;
  private final Map<String, HostTensor> weights = new TreeMap<>();
  private final int width;

  private CTranslateWhisper(CTranslateFile file) {
    this.file = file;
    width = size("decoder/embeddings/weight", 1);
    number("pre_norm", 1);
    number("activation", GELU);
    number("alibi", 0);
    number("start_from_zero_embedding", 0);
    number("scale_embeddings", 0);
    // Which heads tell the time of words; transformers has them elsewhere.
    file.ignore("decoder/alignment_heads");
    file.ignore("decoder/alignment_layer");
    // How alibi is formed, which there is none of.
    file.ignore("decoder/alibi_use_positive_positions");
    file.ignore("decoder/scale_alibi");
    copy("encoder/conv1", "encoder.conv1");
    copy("encoder/conv2", "encoder.conv2");
    whole("decoder/embeddings/weight", "decoder.embed_tokens.weight");
    for (String part : List.of("encoder", "decoder")) {
      whole(part + "/position_encodings/encodings", part + ".embed_positions.weight");
      norm(part + "/layer_norm", part + ".layer_norm");
      for (int layer = 0; layer < layers(part); layer++) {
        layer(part + "/layer_" + layer + "/", part + ".layers." + layer + ".");
      }
    }
    file.requireUsed();
  }

  /** Returns true if a folder has a model of CTranslate2. */
  public static boolean in(Path folder) {
    return Files.isRegularFile(folder.resolve(MODEL))
        && !Files.exists(folder.resolve("model.safetensors"));
  }

  /**
   * Writes {@code config.json}, {@code generation_config.json}, {@code preprocessor_config.json},
   * {@code model.safetensors} and {@code tokenizer.json}.
   *
   * @param from folder with {@code model.bin}, {@code config.json} and {@code tokenizer.json}
   * @param folder where to; made if it is not there
   * @throws ModelException if it is no Whisper of CTranslate2, or not whole
   */
  public static void write(Path from, Path folder) {
    Path tokenizer = from.resolve(TOKENIZER);
    if (!Files.isRegularFile(tokenizer)) {
      throw new ModelException(from + " lacks " + TOKENIZER + ", which the model's words are in.");
    }
    CTranslateFile file = CTranslateFile.open(from.resolve(MODEL), "WhisperSpec", 3);
    CTranslateWhisper model = new CTranslateWhisper(file);
    ConvertedConfig config = ConvertedConfig.read(from, tokenizer);
    SafetensorsWriter writer = new SafetensorsWriter().metadata(Map.of("format", "pt"));
    model.weights.forEach((name, t) -> writer.add(name, t.dtype(), t.shape(), t.bytes()));
    try {
      Files.createDirectories(folder);
      Files.copy(tokenizer, folder.resolve(TOKENIZER), StandardCopyOption.REPLACE_EXISTING);
      config.write(folder, model.sizes());
    } catch (IOException e) {
      throw new ModelException("Cannot write " + folder + ": " + RegularFile.trouble(e) + ".", e);
    }
    writer.write(folder.resolve("model.safetensors"));
  }

  private Map<String, Integer> sizes() {
    Map<String, Integer> sizes = new TreeMap<>();
    sizes.put("vocab_size", size("decoder/embeddings/weight", 0));
    sizes.put("num_mel_bins", size("encoder/conv1/weight", 1));
    sizes.put("max_source_positions", size("encoder/position_encodings/encodings", 0));
    sizes.put("max_target_positions", size("decoder/position_encodings/encodings", 0));
    sizes.put("d_model", width);
    for (String part : List.of("encoder", "decoder")) {
      sizes.put(part + "_layers", layers(part));
      sizes.put(part + "_attention_heads", file.number(part + "/num_heads", 0));
      sizes.put(part + "_ffn_dim", size(part + "/layer_0/ffn/linear_0/weight", 0));
    }
    return sizes;
  }

  private int size(String name, int dimension) {
    Shape shape = file.info(name).shape();
    if (shape.rank() <= dimension) {
      throw new ModelException(file.path() + ": " + name + " is " + shape + ".");
    }
    return Math.toIntExact(shape.size(dimension));
  }

  private int layers(String part) {
    int layers = 0;
    while (file.has(part + "/layer_" + layers + "/ffn/linear_0/weight")) {
      layers++;
    }
    return layers;
  }

  /** Requires a setting of both parts, where they state it. */
  private void number(String setting, int expected) {
    for (String part : List.of("encoder/", "decoder/")) {
      int found = file.number(part + setting, expected);
      if (found != expected) {
        throw new ModelException(
            "%s: %s%s is %d; a Whisper has %d."
                .formatted(file.path(), part, setting, found, expected));
      }
      file.number(part + "num_heads", 0);
    }
  }

  private void layer(String from, String to) {
    norm(from + "self_attention/layer_norm", to + "self_attn_layer_norm");
    parts(from + "self_attention/linear_0", to + "self_attn.", "q_proj", "k_proj", "v_proj");
    copy(from + "self_attention/linear_1", to + "self_attn.out_proj");
    if (file.has(from + "attention/linear_0/weight")) {
      norm(from + "attention/layer_norm", to + "encoder_attn_layer_norm");
      copy(from + "attention/linear_0", to + "encoder_attn.q_proj");
      parts(from + "attention/linear_1", to + "encoder_attn.", "k_proj", "v_proj");
      copy(from + "attention/linear_2", to + "encoder_attn.out_proj");
    }
    norm(from + "ffn/layer_norm", to + "final_layer_norm");
    copy(from + "ffn/linear_0", to + "fc1");
    copy(from + "ffn/linear_1", to + "fc2");
  }

  private void norm(String from, String to) {
    whole(from + "/gamma", to + ".weight");
    whole(from + "/beta", to + ".bias");
  }

  private void copy(String from, String to) {
    whole(from + "/weight", to + ".weight");
    whole(from + "/bias", to + ".bias");
  }

  private void whole(String from, String to) {
    put(to, file.rows(from, 0, size(from, 0)));
  }

  private void parts(String from, String to, String... names) {
    if (size(from + "/weight", 0) != names.length * width) {
      throw new ModelException(
          "%s: %s/weight is %s; expected %d rows."
              .formatted(
                  file.path(), from, file.info(from + "/weight").shape(), names.length * width));
    }
    for (int i = 0; i < names.length; i++) {
      put(to + names[i] + ".weight", file.rows(from + "/weight", i * width, width));
      HostTensor bias = file.rows(from + "/bias", i * width, width);
      if (!names[i].equals("k_proj")) {
        put(to + names[i] + ".bias", bias);
      }
    }
  }

  private void put(String name, HostTensor tensor) {
    weights.put("model." + name, tensor);
  }
}
