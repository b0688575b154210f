package dev.lora4j.text.t5;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.text.network.UntrainedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An untrained model that is built like mT5: gated feed-forward layers, and a head with a table of
 * its own. Token 0 fills short rows and begins outputs, token 1 ends texts.
 *
 * @param vocabulary number of tokens
 * @param width of the stream between layers
 * @param inner width within feed-forward layers
 * @param layers of the encoder, and as many of the decoder
 * @param heads of attention; the width divides by them
 */
public record NewT5(int vocabulary, int width, int inner, int layers, int heads) {
  /** Checks that the sizes fit each other. */
  public NewT5 {
    if (vocabulary < 2 || inner < 1 || layers < 1 || heads < 1) {
      throw new IllegalArgumentException("All sizes of a model are 1 or more.");
    }
    if (width < 1 || width % heads != 0) {
      throw new IllegalArgumentException(
          "The width must divide into " + heads + " heads, found " + width + ".");
    }
  }

  /**
   * Writes {@code config.json} and weights from chance, F32.
   *
   * @param folder is made if need be
   */
  public void write(Path folder, long seed) throws IOException {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("architectures", List.of("MT5ForConditionalGeneration"));
    config.put("model_type", "mt5");
    config.put("vocab_size", vocabulary);
    config.put("d_model", width);
    config.put("d_kv", width / heads);
    config.put("d_ff", inner);
    config.put("num_layers", layers);
    config.put("num_decoder_layers", layers);
    config.put("num_heads", heads);
    config.put("relative_attention_num_buckets", 32);
    config.put("relative_attention_max_distance", 128);
    config.put("feed_forward_proj", "gated-gelu");
    config.put("layer_norm_epsilon", 1e-6);
    config.put("dropout_rate", 0.0);
    config.put("tie_word_embeddings", false);
    config.put("is_encoder_decoder", true);
    config.put("decoder_start_token_id", 0);
    config.put("pad_token_id", 0);
    config.put("eos_token_id", 1);
    UntrainedModel.write(
        folder, config, file -> new T5(T5Config.read(file)), layout -> values(layout, seed));
  }

  private float[] values(FlatLayout layout, long seed) {
    float[] flat = new float[Math.toIntExact(layout.length())];
    for (FlatLayout.Slot slot : layout.slots()) {
      Parameter parameter = slot.parameter();
      int from = Math.toIntExact(slot.offset());
      int to = from + Math.toIntExact(parameter.shape().elements());
      if (parameter.init() == Parameter.Init.ONES) {
        Arrays.fill(flat, from, to, 1f);
        continue;
      }
      double deviation = deviation(parameter.name());
      SeededNoise noise = SeededNoise.of(seed, parameter.name().hashCode());
      for (int i = from; i < to; i++) {
        flat[i] = (float) (noise.gaussian() * deviation);
      }
    }
    return flat;
  }

  /*
   * As mesh-tensorflow and transformers have it: attention divides by no root of the head's width, so
   * queries begin that much smaller. The head is not theirs, whose deviation of 1 gives losses near
   * 100 that a small model spends its first hundred steps on.
   */
  private double deviation(String name) {
    if (name.endsWith("shared.weight")) {
      return 1;
    }
    if (name.contains("Attention.q.")) {
      return 1 / Math.sqrt((double) width * width / heads);
    }
    return 1 / Math.sqrt(name.contains(".wo.") ? inner : width);
  }
}
