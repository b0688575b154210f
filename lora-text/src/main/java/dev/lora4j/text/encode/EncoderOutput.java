package dev.lora4j.text.encode;

/** What is made of a text. */
public enum EncoderOutput {
  /** The vector of each token: [tokens, width]. */
  TOKENS,
  /** The mean of the tokens' vectors, as sentence embeddings are made: [width]. */
  MEAN,
  /** The vector of the first token: [width]. */
  FIRST,
  /** What the model's pooler makes of it: [width]. */
  POOLED,
  /** Logits of the classes: [labels]. */
  LABELS
}
