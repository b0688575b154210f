package dev.lora4j.core.format.reading;

import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.adapter.randlora.RandloraMethod;
import dev.lora4j.core.adapter.vera.VeraMethod;
import dev.lora4j.core.format.KeyAddress;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.Shape;
import java.util.Map;
import java.util.Optional;

/** Score of the fit between an adapter's tensor and the layer that its name refers to. */
final class ShapeMatch {
  /** Score of a name alone that is a layer's. */
  static final int NAME = 1;

  private static final int FITS = 4;
  private static final int SAME_RANK = 1;
  private static final int MISFIT = -16;

  private final Map<String, TensorInfo> tensors;

  /** Among all tensors of a file, as some sizes are products of two. */
  ShapeMatch(Map<String, TensorInfo> tensors) {
    this.tensors = tensors;
  }

  /** The most that {@link #of} can be for a tensor. */
  static int most(TensorInfo tensor) {
    return tensor.shape().rank() == 0 || tensor.shape().elements() == 0 ? NAME : FITS + SAME_RANK;
  }

  /**
   * Score of the fit: positive where it fits, greater where that is more conclusive; negative where
   * it does not.
   */
  int of(TensorInfo tensor, KeyAddress.KnownLayer of) {
    Shape shape = tensor.shape();
    Site site = of.layer().whole();
    if (shape.rank() == 0 || shape.elements() == 0) {
      return NAME;
    }
    return switch (of.role()) {
      case LoraMethod.DOWN, LoraMethod.UP -> factor(shape, of.role(), site);
      case "hada_w1_a", "hada_w2_a" -> side(shape, site.out());
      case "hada_w1_b", "hada_w2_b" -> site.weight().rank() < 2 ? MISFIT : side(shape, site);
      case "lokr_w2", "lokr_w2_a", "lokr_w2_b" -> product(tensor.name(), of.role(), site);
      case "diff" -> shape.elements() == site.weight().elements() ? FITS : MISFIT;
      case "diff_b", VeraMethod.OUTPUTS -> shape.elements() == site.out() ? FITS : MISFIT;
      case RandloraMethod.SIDE -> smaller(shape, site);
      case "weight", "ia3_l" -> vector(shape, site);
      default -> NAME;
    };
  }

  private static int factor(Shape shape, String role, Site site) {
    if (shape.rank() < 2 || site.weight().rank() < 2) {
      return NAME;
    }
    boolean down = role.equals(LoraMethod.DOWN);
    long wanted = down ? site.rest() : site.out();
    long found = down ? shape.elements() / shape.size(0) : shape.size(0);
    // A Tucker core has the kernel, so that the down factor has not.
    boolean fits = found == wanted || (down && shape.size(1) == site.weight().size(1));
    return fits ? FITS + (shape.rank() == site.weight().rank() ? SAME_RANK : 0) : MISFIT;
  }

  /** Score of one side's factor; with a Tucker core the rank comes first. */
  private static int side(Shape shape, long out) {
    return shape.size(0) == out || shape.size(shape.rank() - 1) == out ? FITS : MISFIT;
  }

  private static int side(Shape shape, Site site) {
    long found = shape.elements() / shape.size(0);
    return found == site.rest() || found == site.weight().size(1) ? FITS : MISFIT;
  }

  /** Score of factors that multiply rows or columns. */
  private static int vector(Shape shape, Site site) {
    boolean columns = site.weight().rank() > 1 && shape.elements() == site.weight().size(1);
    return columns || shape.elements() == site.out() ? FITS : MISFIT;
  }

  /** Score of weights of the smaller side. */
  private static int smaller(Shape shape, Site site) {
    return shape.size(-1) == Math.min(site.out(), site.rest()) ? FITS : MISFIT;
  }

  /** Score of LoKr's factors, which determine the sizes of the layer only together. */
  private int product(String key, String role, Site site) {
    int at = key.lastIndexOf(role);
    Optional<Shape> left = at < 0 ? Optional.empty() : factor(key, at, role, "lokr_w1");
    Optional<Shape> right = at < 0 ? Optional.empty() : factor(key, at, role, "lokr_w2");
    if (left.isEmpty() || right.isEmpty() || site.weight().rank() < 2) {
      return NAME;
    }
    long out = left.get().size(0) * right.get().size(0);
    long in = left.get().size(1) * right.get().size(1);
    return out == site.out() && (in == site.weight().size(1) || in == site.rest()) ? FITS : MISFIT;
  }

  /** Shape of a whole factor, or of the product of its parts. */
  private Optional<Shape> factor(String key, int at, String role, String name) {
    String behind = key.substring(at + role.length());
    String before = key.substring(0, at);
    Optional<Shape> core = matrix(before + "lokr_t2" + behind);
    return matrix(before + name + behind)
        .or(
            () ->
                matrix(before + name + "_a" + behind)
                    .flatMap(
                        a ->
                            matrix(before + name + "_b" + behind)
                                .map(b -> b.with(0, a.size(rows(name, core))))));
  }

  /** Rows of a factor; with a Tucker core the second factor's left half has the rank in front. */
  private static int rows(String name, Optional<Shape> core) {
    return name.equals("lokr_w2") && core.isPresent() ? 1 : 0;
  }

  private Optional<Shape> matrix(String key) {
    return Optional.ofNullable(tensors.get(key))
        .map(TensorInfo::shape)
        .filter(s -> s.rank() >= 2 && s.elements() > 0);
  }
}
