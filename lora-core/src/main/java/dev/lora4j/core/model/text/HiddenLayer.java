package dev.lora4j.core.model.text;

import java.util.List;

/**
 * Layer of a text encoder whose hidden states are used.
 *
 * @param skip layers to leave out at the end, which some models were trained to
 * @param normed whether the final norm comes after the layer that is looked at
 */
public record HiddenLayer(int skip, boolean normed) implements HiddenView {
  /** The end of the encoder, as it was trained itself. */
  public static final HiddenLayer LAST = new HiddenLayer(0, true);

  /**
   * Number of layers that are computed.
   *
   * @param all layers of the encoder
   * @throws IllegalArgumentException if none is left
   */
  public int of(int all) {
    if (skip < 0 || skip >= all) {
      throw new IllegalArgumentException(
          "A text encoder of " + all + " layers cannot leave out " + skip + ".");
    }
    return all - skip;
  }

  @Override
  public int count() {
    return 1;
  }

  @Override
  public List<Integer> after(int all) {
    return List.of(of(all));
  }

  @Override
  public boolean normed(int after, int all) {
    return normed;
  }

  @Override
  public HiddenLayer single() {
    return this;
  }
}
