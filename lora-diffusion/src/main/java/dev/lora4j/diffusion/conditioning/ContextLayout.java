package dev.lora4j.diffusion.conditioning;

import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.TextEncoder;
import dev.lora4j.diffusion.denoiser.TextArrangement;

/** Places of the text encoders' outputs in the numbers of a text's conditioning. */
final class ContextLayout {
  private final TextArrangement arrangement;
  private final int[] starts;
  private final int[] columns;
  private final int width;

  /**
   * For a base.
   *
   * @param tokens number of tokens of each stretch of its arrangement
   */
  ContextLayout(DiffusionModel base, int[] tokens) {
    arrangement = base.arrangement();
    width = base.denoiser().crossAttentionDim();
    starts = new int[tokens.length + 1];
    for (int stretch = 0; stretch < tokens.length; stretch++) {
      starts[stretch + 1] = starts[stretch] + tokens[stretch];
    }
    columns = new int[base.textEncoders().size()];
    for (int e = 1; e < columns.length; e++) {
      TextEncoder before = base.textEncoders().get(e - 1);
      TextArrangement.Part part = arrangement.parts().get(e - 1);
      int taken = part.words() ? part.width(before.network()) : 0;
      columns[e] = stretch(e) == stretch(e - 1) ? columns[e - 1] + taken : 0;
    }
  }

  private int stretch(int encoder) {
    return arrangement.parts().get(encoder).stretch();
  }

  /** Number of tokens, the empty ones at the end included. */
  int tokens() {
    return starts[starts.length - 1] + arrangement.emptyTokens();
  }

  /** Numbers of each token. */
  int width() {
    return width;
  }

  /** An empty conditioning of some texts: zeros [texts, tokens, width]. */
  float[] zeros(int texts) {
    return new float[texts * tokens() * width];
  }

  /**
   * Place of an encoder's hidden state of a token in the conditioning of one text.
   *
   * @param token number of the token in the encoder's stretch
   */
  int at(int encoder, int token) {
    return (starts[stretch(encoder)] + token) * width + columns[encoder];
  }
}
