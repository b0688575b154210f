package dev.lora4j.bench.transformer;

import dev.lora4j.bench.Work;

/**
 * Sizes of the transformer and of its input.
 *
 * @param batch sequences
 * @param tokens in each sequence
 * @param blocks one after another
 * @param width of a token; the inner width of feed-forward layers is four times as large
 * @param heads of the attention
 * @param rank of the factors on q, k, v and o of each block
 */
public record TransformerSize(int batch, int tokens, int blocks, int width, int heads, int rank) {
  /** The size of the benchmark, which differs in its tokens only. */
  public static TransformerSize ofTokens(int batch, int tokens) {
    return new TransformerSize(batch, tokens, 8, 320, 8, 16);
  }

  /** The size of the benchmark for the tokens that {@link #text} names. */
  static TransformerSize ofTokens(String text) {
    int times = text.indexOf('x');
    return ofTokens(
        Integer.parseInt(text.substring(0, times)), Integer.parseInt(text.substring(times + 1)));
  }

  /** Text, for example {@code 4x256}. */
  public String text() {
    return batch + "x" + tokens;
  }

  /**
   * The least that a step needs.
   *
   * <p>Operations are those of the products; with w = width, r = rank and T = tokens, a token needs
   * in each block 12 w² multiplications for the layers, 8 w r for the factors and 2 T w for the
   * attention. The way back takes the layers once more, for the gradient of their input alone, and
   * factors and attention twice more. The first block's q, k and v need no gradient of their input.
   * What attention computes a second time to save memory is not useful work and does not count.
   *
   * <p>Bytes are the weights on both ways, and the factors' weight, gradient and two moments, each
   * read and written once. Activations may stay in a cache.
   */
  public Work work() {
    double w = width;
    double layers = 12 * w * w;
    double factors = 8 * w * rank;
    double attention = 2 * tokens * w;
    double forward = layers + factors + attention;
    double backward = layers + 2 * factors + 2 * attention;
    double unneeded = 3 * w * w + 3 * w * rank;
    double multiplications = batch * (double) tokens * (blocks * (forward + backward) - unneeded);
    double bytes = 4 * blocks * (2 * layers + 8 * factors);
    return new Work(2 * multiplications, bytes);
  }
}
