package dev.lora4j.text.network;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;

/** A language model as it is staged. Layers are called as transformers calls them. */
public sealed interface TextNetwork permits CausalNetwork {
  /** How many tokens it knows. */
  int vocabulary();

  /** The longest sequence, in tokens. */
  int longest();

  /**
   * Stages all of it once, so that each of its weights is asked for.
   *
   * @param weights of the whole model
   * @param compute the type to compute in
   */
  void walk(Weights weights, DType compute);
}
