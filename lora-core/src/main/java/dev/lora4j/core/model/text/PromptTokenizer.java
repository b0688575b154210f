package dev.lora4j.core.model.text;

/**
 * Cuts prompts into the tokens of a text encoder. The encoder takes {@link #maxLength} of them at
 * once; of these, {@link #room} are the prompt's, and the others stand around it or fill what it
 * leaves.
 *
 * <p>May be used from several threads. Whoever opens it closes it.
 */
public interface PromptTokenizer extends AutoCloseable {
  /** Number of tokens that the encoder takes at once, the same each time. */
  int maxLength();

  /** Number of tokens of a prompt that fit into one run. */
  int room();

  /** Number of tokens before those of a prompt. */
  int before();

  /** The tokens of a text alone, as many as there are. */
  int[] pieces(String text);

  /** The token whose place a vector takes. */
  int placeholder();

  /**
   * Tokens of one run: the pieces with the special tokens around them, padded.
   *
   * @param pieces at most {@link #room}
   * @return {@link #maxLength} tokens, of which those from {@link #before} on are {@code pieces}
   */
  int[] framed(int[] pieces);

  /**
   * Position of the end of the text, for those who use the whole of it.
   *
   * @param framed from {@link #framed}
   * @return an index of it
   */
  int end(int[] framed);

  @Override
  void close();
}
