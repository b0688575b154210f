package dev.lora4j.text.network;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import java.util.Map;

/** A language model as it is staged. Layers are called as transformers calls them. */
public sealed interface LanguageNetwork permits CausalNetwork, EncoderNetwork, Seq2SeqNetwork {
  /** Name of the layer that makes logits of hidden states, where it is not a part of another. */
  String HEAD = "lm_head";

  /** Size of the vocabulary. */
  int vocabulary();

  /** The longest sequence, in tokens. */
  int longest();

  /**
   * Weights that are those of other layers, such as the head's table where it is that of the
   * embedding. An adapter at one of the layers does not change the other.
   *
   * @return by name, the name of the weight that each is
   */
  default Map<String, String> shared() {
    return Map.of();
  }

  /** True if checkpoints may lack a weight; calls that need it are then refused. */
  default boolean optional(String weight) {
    return false;
  }

  /**
   * Stages all of it once, to record each of its weights.
   *
   * @param weights of the whole model
   * @param compute the type to compute in
   */
  void walk(Weights weights, DType compute);
}
