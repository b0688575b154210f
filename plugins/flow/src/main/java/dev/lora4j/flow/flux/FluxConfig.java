package dev.lora4j.flow.flux;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import java.util.List;

/**
 * Sizes of a {@code FluxTransformer2DModel}.
 *
 * @param inChannels channels of the latents, of which each token has two by two
 * @param outChannels channels of the prediction
 * @param doubles number of blocks with a stream of words and one of the picture
 * @param singles number of blocks of one stream
 * @param heads heads of each attention
 * @param headWidth numbers of each head; the streams are {@code heads} times as wide
 * @param textWidth width of the text conditioning
 * @param pooledWidth width of the pooled text
 * @param guided whether the guidance scale is told, as FLUX.1 [dev] is
 * @param axes numbers of a head that turn by each axis of the positions
 */
record FluxConfig(
    int inChannels,
    int outChannels,
    int doubles,
    int singles,
    int heads,
    int headWidth,
    int textWidth,
    int pooledWidth,
    boolean guided,
    List<Integer> axes)
    implements Canonical {
  /** Copies the list. */
  FluxConfig {
    axes = List.copyOf(axes);
  }

  /** Width of both streams. */
  int width() {
    return heads * headWidth;
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("FluxConfig")
        .with("inChannels", inChannels)
        .with("outChannels", outChannels)
        .with("doubles", doubles)
        .with("singles", singles)
        .with("heads", heads)
        .with("headWidth", headWidth)
        .with("textWidth", textWidth)
        .with("pooledWidth", pooledWidth)
        .with("guided", guided)
        .with("axes", axes)
        .text();
  }
}
