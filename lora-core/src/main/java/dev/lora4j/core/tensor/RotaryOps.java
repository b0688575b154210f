package dev.lora4j.core.tensor;

/**
 * Rotary embedding of positions (Su et al. 2021) on {@link Expr}: pairs of elements are turned by
 * an angle that grows with the position.
 *
 * <p>Two layouts are in use. {@link #rotateHalves} pairs the i-th element with the one half the
 * width after it (LLaMA, GPT-NeoX); {@link #rotatePairs} pairs neighbours (GPT-J, FLUX).
 */
public interface RotaryOps {
  /** The value operated on. */
  Expr self();

  /**
   * Angles of positions for pairs of {@code width} elements: {@code position * base^(-2 i /
   * width)}. This is the positions: [..., tokens], in a floating-point type, which the angles have;
   * result: [..., tokens, width / 2]. Positions above 256 need F32 or wider.
   */
  default Expr rotaryAngles(int width, double base) {
    Expr positions = self();
    if (width < 2 || width % 2 != 0 || !positions.dtype().floating()) {
      throw Mismatch.of(
          "rotaryAngles",
          positions,
          "an even width and positions of a floating-point type",
          "width " + width + " and " + Mismatch.described(positions));
    }
    Graph graph = positions.graph();
    Shape pairs = Shape.of(width / 2);
    Keyword real = Keyword.of("dtype", positions.dtype());
    Expr even = graph.call("arange", positions.dtype(), pairs, 0, width, 2, real);
    Expr exponents = graph.call("div", positions.dtype(), pairs, even, width);
    Expr frequencies = graph.call("pow", positions.dtype(), pairs, base, exponents).reciprocal();
    return positions.unsqueeze(-1).mul(frequencies);
  }

  /**
   * Rotation of the first {@code 2 * pairs} elements of the last dimension, element i together with
   * element {@code i + pairs}; further elements stay. x: [..., tokens, width]; cosines and sines of
   * the angles: [tokens, pairs] or what broadcasts to [..., tokens, pairs].
   */
  default Expr rotateHalves(Expr cosines, Expr sines) {
    return StagedRotation.of("rotateHalves", self(), cosines, sines, true);
  }

  /** {@link #rotateHalves(Expr, Expr)}, but element 2 i together with element 2 i + 1. */
  default Expr rotatePairs(Expr cosines, Expr sines) {
    return StagedRotation.of("rotatePairs", self(), cosines, sines, false);
  }
}
