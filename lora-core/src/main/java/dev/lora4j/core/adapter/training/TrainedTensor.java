package dev.lora4j.core.adapter.training;

import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;

/**
 * A trained tensor of a layer.
 *
 * @param part its name among those of the layer, for example {@code down}; rates are given by it
 * @param shape its shape
 * @param staged the shape that the program knows: with the rank unknown where the program serves
 *     any
 * @param start its first values
 * @param anchored whether the program also needs what it began as
 */
public record TrainedTensor(
    String part, Shape shape, Shape staged, TensorInit start, boolean anchored) {
  private static final String ANCHOR = ".start";

  /** A tensor of which the program knows the whole shape. */
  public static TrainedTensor of(String part, Shape shape, TensorInit start) {
    return new TrainedTensor(part, shape, shape, start, false);
  }

  /** A tensor of which dimension {@code d} is the rank, which the program does not know. */
  public static TrainedTensor ranked(String part, Shape shape, int d, TensorInit start) {
    return new TrainedTensor(part, shape, shape.with(d, Shape.UNKNOWN), start, false);
  }

  /** A Tucker core [rank, rank, kernel sizes], of which the program does not know the rank. */
  public static TrainedTensor core(String part, Shape shape, TensorInit start) {
    Shape staged = shape.with(0, Shape.UNKNOWN).with(1, Shape.UNKNOWN);
    return new TrainedTensor(part, shape, staged, start, false);
  }

  /** A copy that also holds the initial values in the program. */
  public TrainedTensor anchor() {
    return new TrainedTensor(part, shape, staged, start, true);
  }

  /** A copy with these initial values. */
  public TrainedTensor withValues(HostTensor values) {
    return new TrainedTensor(part, shape, staged, new TensorInit.Copied(values), anchored);
  }

  /** The name under which a part's first values are found. */
  public static String anchor(String part) {
    return part + ANCHOR;
  }
}
