package dev.lora4j.diffusion.text;

/**
 * Which of a text encoder's layers is looked at.
 *
 * @param skip layers to leave out at the end, which some models were trained to
 * @param normed whether the final norm comes after the layer that is looked at
 */
public record HiddenLayer(int skip, boolean normed) {
  /** The end of the encoder, as it was trained itself. */
  public static final HiddenLayer LAST = new HiddenLayer(0, true);
}
