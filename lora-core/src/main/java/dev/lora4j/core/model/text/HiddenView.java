package dev.lora4j.core.model.text;

import java.util.List;

/** Hidden states of a text encoder that stand for its tokens: those of one layer, or of several. */
public sealed interface HiddenView permits HiddenLayer, HiddenLayers {
  /** How many hidden states of a token stand side by side. */
  int count();

  /**
   * Numbers of layers before the hidden states, ascending: 1 for those after the first layer.
   *
   * @param all layers of the encoder
   * @throws IllegalArgumentException if it has too few
   */
  List<Integer> after(int all);

  /**
   * True if the final norm comes after hidden states.
   *
   * @param after number of layers before them
   * @param all layers of the encoder
   */
  boolean normed(int after, int all);

  /**
   * The layer, if there is one alone.
   *
   * @throws IllegalArgumentException if there are several
   */
  HiddenLayer single();
}
