package dev.lora4j.text.encode;

/** Output of an encoder for a text. */
public enum EncoderOutput {
  /** The vector of each token: [tokens, width]. */
  TOKENS,
  /** The mean of the tokens' vectors, as sentence embeddings are made: [width]. */
  MEAN,
  /** The vector of the first token: [width]. */
  FIRST,
  /** Output of the model's pooler: [width]. */
  POOLED,
  /** Logits of the classes: [labels]. */
  LABELS
}
