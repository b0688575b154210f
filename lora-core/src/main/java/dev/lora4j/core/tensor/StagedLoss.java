package dev.lora4j.core.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Checks and stages losses. */
final class StagedLoss {
  /** ATen's numbers of the reductions of a loss. */
  static final int NONE = 0;

  static final int MEAN = 1;

  private StagedLoss() {}

  /** Prediction and target have one shape and one floating-point type. */
  static void alike(String operator, Expr x, Expr target) {
    Preconditions.floating(operator, x);
    Preconditions.oneType(operator, x, target);
    Preconditions.shape(operator, x.shape(), target);
  }

  static void positive(String operator, Expr x, String name, double value) {
    if (!(value > 0)) {
      throw Mismatch.of(operator, x, name + " above 0", Double.toString(value));
    }
  }

  static Expr elementwise(String operator, Expr x, Expr target, Object... rest) {
    alike(operator, x, target);
    List<Object> arguments = new ArrayList<>(List.of(x, target));
    arguments.addAll(Arrays.asList(rest));
    Shape shape = Sizes.merged(x.shape(), target.shape());
    return x.graph().call(operator, x.dtype(), shape, arguments.toArray());
  }

  /** The shape of targets for logits with classes along dimension {@code d}. */
  static Shape classes(Expr x, int d, Expr target, double smoothing) {
    String operator = "cross_entropy_loss";
    Preconditions.floating(operator, x);
    Preconditions.type(operator, DType.I64, target);
    Shape each = Sizes.without(x.shape(), Preconditions.dimension(operator, x, d));
    Preconditions.shape(operator, each, target);
    if (!(smoothing >= 0 && smoothing <= 1)) {
      throw Mismatch.of(operator, x, "a smoothing from 0 to 1", Double.toString(smoothing));
    }
    return Sizes.merged(each, target.shape());
  }

  /** ATen has the classes along dimension 1, or 0 where there is no other. */
  static Expr crossEntropy(
      Expr x, int d, Shape result, Expr target, int reduction, long ignored, double smoothing) {
    Expr logits = x.shape().rank() == 1 ? x : x.moveDim(d, 1);
    return x.graph()
        .call(
            "cross_entropy_loss",
            x.dtype(),
            result,
            logits,
            target,
            Keyword.NONE,
            reduction,
            ignored,
            smoothing);
  }
}
