package dev.lora4j.core.tensor;

import java.util.List;
import java.util.Set;

/** Costs of operators by name: their products, and the values that their gradients need. */
final class OperatorCost {
  /** Values of the forward pass that an operator's gradient needs. */
  enum Kept {
    /** No values: sums, casts, copies. */
    NOTHING,
    /** The other factor. */
    FACTORS,
    /** The inputs. */
    INPUTS,
    /** The result. */
    RESULT,
    /** Inputs and result. */
    ALL
  }

  private static final Set<String> VIEWS =
      Set.of(
          "reshape",
          "view",
          "permute",
          "transpose",
          "movedim",
          "unsqueeze",
          "squeeze",
          "expand",
          "flatten",
          "chunk",
          "split",
          "split_with_sizes",
          "unbind",
          "narrow",
          "slice",
          "select",
          "detach");

  private static final Set<String> REORDERING = Set.of("permute", "transpose", "movedim", "expand");

  private static final Set<String> RESHAPING = Set.of("reshape", "flatten");

  private static final Set<String> CONVOLUTIONS = Set.of("conv1d", "conv2d", "conv3d");

  private static final String CONVOLUTION_BACK = "convolution_backward";

  private static final Set<String> PRODUCTS = Set.of("matmul", "mm", "bmm");

  private static final Set<String> LINEAR =
      Set.of(
          "to",
          "add",
          "sub",
          "neg",
          "sum",
          "mean",
          "cat",
          "stack",
          "upsample_nearest2d",
          "lerp",
          "contiguous",
          "repeat_interleave",
          "pad",
          "where",
          "masked_fill",
          "index_select");

  private static final Set<String> BY_RESULT =
      Set.of("exp", "sqrt", "rsqrt", "reciprocal", "sigmoid", "tanh", "softmax", "relu");

  private static final Set<String> BY_INPUT =
      Set.of(
          "silu",
          "gelu",
          "group_norm",
          "layer_norm",
          "native_group_norm",
          "native_layer_norm",
          "abs",
          "log",
          "sin",
          "cos",
          "pow",
          "clamp",
          "embedding");

  static final String ATTENTION = "scaled_dot_product_attention";

  /** Products of an attention's gradient for each of its two: scores again, and four more. */
  private static final double ATTENTION_BACK = 2.5;

  private OperatorCost() {}

  /** Returns true if the result lies in its first argument's memory. */
  static boolean view(String operator) {
    return VIEWS.contains(operator);
  }

  /** Returns true if it is a view whose memory order differs from the order of its dimensions. */
  static boolean reorders(String operator) {
    return REORDERING.contains(operator);
  }

  /** Returns true if it is a view only of contiguous values. */
  static boolean reshapes(String operator) {
    return RESHAPING.contains(operator);
  }

  /** Operations of the forward pass; 0 if it is no product. */
  static long flops(String operator, List<Expr> tensors, Expr result) {
    if (operator.equals("linear")) {
      return 2 * elements(result) * tensors.get(1).shape().size(1);
    }
    if (CONVOLUTIONS.contains(operator)) {
      Shape weight = tensors.get(1).shape();
      return 2 * elements(result) * (weight.elements() / Math.max(1, weight.size(0)));
    }
    if (operator.equals(CONVOLUTION_BACK)) {
      Shape weight = tensors.get(2).shape();
      return 2 * elements(tensors.get(0)) * (weight.elements() / Math.max(1, weight.size(0)));
    }
    if (PRODUCTS.contains(operator)) {
      return 2 * elements(result) * tensors.get(0).shape().size(-1);
    }
    if (operator.equals(ATTENTION)) {
      Expr keys = tensors.get(1);
      return 2 * (elements(tensors.get(0)) + elements(result)) * keys.shape().size(2);
    }
    return 0;
  }

  /**
   * Operations of the gradient.
   *
   * @param wanted how many of the two factors need one
   */
  static long back(String operator, long forward, long wanted) {
    if (operator.equals(ATTENTION)) {
      return wanted == 0 ? 0 : (long) (ATTENTION_BACK * forward);
    }
    return forward * wanted;
  }

  static Kept kept(String operator) {
    if (VIEWS.contains(operator) || LINEAR.contains(operator)) {
      return Kept.NOTHING;
    }
    if (operator.equals("linear") || operator.equals("mul") || PRODUCTS.contains(operator)) {
      return Kept.FACTORS;
    }
    if (BY_RESULT.contains(operator)) {
      return Kept.RESULT;
    }
    // The engine keeps what goes into a convolution whether or not its weight wants a gradient.
    return BY_INPUT.contains(operator) || CONVOLUTIONS.contains(operator) ? Kept.INPUTS : Kept.ALL;
  }

  private static long elements(Expr e) {
    return e.shape().elements();
  }
}
