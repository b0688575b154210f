package dev.lora4j.flow.sd3;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import java.util.List;

/**
 * Sizes of an {@code SD3Transformer2DModel}.
 *
 * @param inChannels channels of the latents
 * @param outChannels channels of the prediction
 * @param blocks number of blocks
 * @param heads heads of each attention
 * @param headWidth numbers of each head; the streams are {@code heads} times as wide
 * @param textWidth width of the text conditioning
 * @param pooledWidth width of the pooled text
 * @param positions rows and columns of the table of positions
 * @param dual numbers of the blocks in which the picture attends to itself once more
 * @param normed whether queries and keys are normalised
 */
record Sd3Config(
    int inChannels,
    int outChannels,
    int blocks,
    int heads,
    int headWidth,
    int textWidth,
    int pooledWidth,
    int positions,
    List<Integer> dual,
    boolean normed)
    implements Canonical {
  /** Copies the list. */
  Sd3Config {
    dual = List.copyOf(dual);
  }

  /** Width of both streams. */
  int width() {
    return heads * headWidth;
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("Sd3Config")
        .with("inChannels", inChannels)
        .with("outChannels", outChannels)
        .with("blocks", blocks)
        .with("heads", heads)
        .with("headWidth", headWidth)
        .with("textWidth", textWidth)
        .with("pooledWidth", pooledWidth)
        .with("positions", positions)
        .with("dual", dual)
        .with("normed", normed)
        .text();
  }
}
