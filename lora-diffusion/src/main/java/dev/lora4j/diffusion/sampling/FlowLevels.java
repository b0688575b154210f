package dev.lora4j.diffusion.sampling;

import java.util.Optional;

/**
 * Levels of noise of a flow, beside one shift of all of them.
 *
 * @param bySize shift that goes by the size of the picture, instead of the one of the schedule;
 *     absent for that
 * @param even whether the last of n levels of a run is that of a share 1 / n before the shift;
 *     otherwise the least of training
 * @param halvings how often the sides of latents are halved for the tokens that {@code bySize}
 *     counts
 */
public record FlowLevels(Optional<SizeShift> bySize, boolean even, int halvings) {
  /** One shift, down to the least noise of training; tokens of two by two latents. */
  public static final FlowLevels PLAIN = new FlowLevels(Optional.empty(), false, 1);

  /** Number of tokens of latents. */
  public long tokens(long height, long width) {
    return halved(height) * halved(width);
  }

  private long halved(long side) {
    long left = side;
    for (int i = 0; i < halvings; i++) {
      left = (left + 1) / 2;
    }
    return left;
  }
}
