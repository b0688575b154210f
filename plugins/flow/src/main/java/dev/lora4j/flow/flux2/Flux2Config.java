package dev.lora4j.flow.flux2;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import java.util.List;

/**
 * Sizes of a {@code Flux2Transformer2DModel}.
 *
 * @param channels channels of the latents and of the prediction
 * @param doubles number of blocks with a stream of words and one of the picture
 * @param singles number of blocks of one stream
 * @param heads heads of each attention
 * @param headWidth numbers of each head; the streams are {@code heads} times as wide
 * @param textWidth width of the text conditioning
 * @param sines width of the waves that stand for the timestep
 * @param inner width within feed-forward parts
 * @param axes numbers of a head that turn by each axis of the positions
 * @param base of the frequencies of positions
 */
record Flux2Config(
    int channels,
    int doubles,
    int singles,
    int heads,
    int headWidth,
    int textWidth,
    int sines,
    int inner,
    List<Integer> axes,
    double base)
    implements Canonical {
  /** Copies the list. */
  Flux2Config {
    axes = List.copyOf(axes);
  }

  /** Width of both streams. */
  int width() {
    return heads * headWidth;
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("Flux2Config")
        .with("channels", channels)
        .with("doubles", doubles)
        .with("singles", singles)
        .with("heads", heads)
        .with("headWidth", headWidth)
        .with("textWidth", textWidth)
        .with("sines", sines)
        .with("inner", inner)
        .with("axes", axes)
        .with("base", base)
        .text();
  }
}
