package dev.lora4j.core.format.checkpoint;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.Site.Kind;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;

/** Sites with the shapes that a checkpoint gives them. */
final class SiteShapes {
  /** Dimensions of a three-dimensional convolution's weight. */
  private static final int MOST_DIMENSIONS = 5;

  private SiteShapes() {}

  /** Returns true if tensors of this type can be weights that adapters change. */
  static boolean weights(DType dtype) {
    return dtype.floating() && dtype.bits() >= 8;
  }

  /** Returns true if a layer of this kind can have a weight of this shape. */
  static boolean possible(Kind kind, Shape weight) {
    return switch (kind) {
      case LINEAR, CONVOLUTION -> weight.rank() >= 2 && weight.rank() <= MOST_DIMENSIONS;
      case EMBEDDING -> weight.rank() == 2;
      case NORM -> weight.rank() == 1;
    };
  }

  /**
   * A known site with another weight. Projections that are linear layers in one model and 1x1
   * convolutions in another change their kind.
   */
  static Site with(Site site, Shape weight, boolean bias) {
    Kind kind =
        switch (site.kind()) {
          case LINEAR, CONVOLUTION -> weight.rank() == 2 ? Kind.LINEAR : Kind.CONVOLUTION;
          case EMBEDDING, NORM -> site.kind();
        };
    return new Site(
        site.name(),
        kind,
        weight,
        bias,
        site.stride(),
        site.padding(),
        site.dilation(),
        site.groups());
  }
}
