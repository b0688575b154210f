package dev.lora4j.diffusion.base;

import dev.lora4j.core.model.text.PromptTokenizer;
import java.util.Arrays;

/**
 * A tokeniser that fills up what a prompt leaves at its end, for an encoder that is given fewer
 * tokens at once than it could take.
 *
 * @param maxLength fewer than those of {@code whole}
 */
record FewerTokens(PromptTokenizer whole, int maxLength) implements PromptTokenizer {
  @Override
  public int room() {
    return whole.room() - (whole.maxLength() - maxLength);
  }

  @Override
  public int before() {
    return whole.before();
  }

  @Override
  public int[] pieces(String text) {
    return whole.pieces(text);
  }

  @Override
  public int placeholder() {
    return whole.placeholder();
  }

  @Override
  public int[] framed(int[] pieces) {
    return Arrays.copyOf(whole.framed(pieces), maxLength);
  }

  @Override
  public int end(int[] framed) {
    return whole.end(framed);
  }

  @Override
  public void close() {
    whole.close();
  }
}
