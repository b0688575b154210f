package dev.lora4j.text.network;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Keyword;
import dev.lora4j.core.tensor.Shape;
import java.util.List;

/**
 * Rotary embedding of positions (Su et al. 2021): by how much each pair of elements is turned for
 * each position.
 *
 * @param frequencies radians for each position, one of each pair; elements of a head behind those
 *     pairs stay as they are
 * @param scale what cosines and sines are multiplied with
 * @param longest the longest sequence whose positions are turned so
 */
public record Rope(List<Float> frequencies, double scale, int longest) {
  /** Copies its list. */
  public Rope {
    frequencies = List.copyOf(frequencies);
  }

  /** Cosines and sines of a program's positions, each [batch, 1, tokens, pairs]. */
  public record Turns(Expr cosines, Expr sines) {
    /** Queries or keys turned: [batch, heads, tokens, width]. */
    public Expr apply(Expr x) {
      return x.rotateHalves(cosines, sines);
    }
  }

  /**
   * Stages the angles.
   *
   * @param positions I64 [batch, tokens]
   * @param compute the type of queries and keys; angles are F32 or wider, as large positions need
   */
  public Turns stage(Expr positions, DType compute) {
    DType wide = compute == DType.F64 ? DType.F64 : DType.F32;
    Expr each =
        positions
            .graph()
            .call(
                "tensor",
                wide,
                Shape.of(frequencies.size()),
                frequencies.stream().map(Float::doubleValue).toList(),
                Keyword.of("dtype", wide));
    Expr angles = positions.to(wide).unsqueeze(-1).mul(each).unsqueeze(1);
    return new Turns(angles.cos().mul(scale).to(compute), angles.sin().mul(scale).to(compute));
  }
}
