package dev.lora4j.text.network;

import java.util.List;

/**
 * Attention of a layer.
 *
 * @param window sliding window
 * @param rope rotary embedding of positions
 */
public record RotaryLayer(SlidingWindow window, Rope rope) {
  /** The longest sequence whose positions all of these layers turn. */
  public static int longest(List<RotaryLayer> layers) {
    return layers.stream().mapToInt(l -> l.rope().longest()).min().orElseThrow();
  }
}
