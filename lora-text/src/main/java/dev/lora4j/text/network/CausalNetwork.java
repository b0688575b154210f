package dev.lora4j.text.network;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;

/** A network that foretells each next token from those before it (GPT-2, LLaMA). */
public non-sealed interface CausalNetwork extends LanguageNetwork {
  /** Sizes of the key-value cache. */
  CacheSize cacheSize();

  /**
   * Stages all but the head.
   *
   * @param memory what each layer's tokens see
   * @param compute the type to compute in
   * @return the last layer's output after the final norm, [batch, tokens, width]
   */
  Expr hidden(Weights weights, TokenInputs tokens, AttentionCache memory, DType compute);

  /**
   * Stages the head; a linear layer without a bias, if a network does not say otherwise.
   *
   * @param hidden [..., width]
   * @return a logit of each next token, [..., vocabulary]
   */
  default Expr logits(Weights weights, Expr hidden) {
    return weights.linear(HEAD, hidden, vocabulary(), false);
  }

  @Override
  default void walk(Weights weights, DType compute) {
    Graph graph = weights.graph();
    logits(weights, hidden(weights, TokenInputs.declare(graph), AttentionCache.WHOLE, compute));
  }
}
