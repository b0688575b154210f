package dev.lora4j.diffusion.text;

/**
 * Layer of a text encoder whose hidden states are used.
 *
 * @param skip layers to leave out at the end, which some models were trained to
 * @param normed whether the final norm comes after the layer that is looked at
 */
public record HiddenLayer(int skip, boolean normed) {
  /** The end of the encoder, as it was trained itself. */
  public static final HiddenLayer LAST = new HiddenLayer(0, true);
}
