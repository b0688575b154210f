package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.RotaryOps;
import java.util.List;

/** Rotary embedding. */
final class RotaryOpsFamily implements OperatorFamily {
  private static final String ANGLES = "rotaryAngles(int, double)";
  private static final String HALVES = "rotateHalves(Expr, Expr)";
  private static final String PAIRS = "rotatePairs(Expr, Expr)";

  @Override
  public Class<?> operators() {
    return RotaryOps.class;
  }

  @Override
  public List<Row> rows() {
    return List.of(
        Row.of(ANGLES, g -> g.reals(g.sizes(0, 2)).rotaryAngles(2 * g.size(1, 3), 10)),
        rotate(HALVES, Expr::rotateHalves, false),
        rotate(HALVES, Expr::rotateHalves, true),
        rotate(PAIRS, Expr::rotatePairs, false),
        rotate(PAIRS, Expr::rotatePairs, true));
  }

  private interface Rotation {
    Expr apply(Expr x, Expr cosines, Expr sines);
  }

  private static Row rotate(String method, Rotation rotation, boolean partly) {
    return Row.of(
        method,
        g -> {
          int pairs = g.size(1, 2);
          int tokens = g.size(1, 3);
          Expr x = g.reals(g.size(1, 2), 2, tokens, 2L * pairs + (partly ? 1 : 0));
          long[] sizes = g.flag() ? new long[] {tokens, pairs} : new long[] {1, 2, tokens, pairs};
          return rotation.apply(x, g.reals(sizes), g.reals(sizes));
        });
  }

  @Override
  public List<Golden> goldens() {
    return List.of(
        Golden.of(ANGLES, "angles", in -> in.apply("positions").rotaryAngles(6, 10000)),
        Golden.of(
                ANGLES,
                "angles_f32",
                in -> in.apply("positions").to(DType.F32).rotaryAngles(64, 500000))
            .within(1e-7),
        rotation("halves", HALVES, Expr::rotateHalves),
        rotation("halves_partly", HALVES, Expr::rotateHalves),
        rotation("pairs", PAIRS, Expr::rotatePairs),
        rotation("pairs_partly", PAIRS, Expr::rotatePairs));
  }

  private static Golden rotation(String name, String method, Rotation rotation) {
    return Golden.of(
        method,
        name,
        in -> {
          Expr angles = in.apply("angles");
          return rotation.apply(in.apply("x"), angles.cos(), angles.sin());
        });
  }

  @Override
  public List<Refusal> refusals() {
    return List.of(
        new Refusal(
            ANGLES, g -> g.reals(3).rotaryAngles(5, 10), "an even width", "width 5 and F64 [3]"),
        new Refusal(ANGLES, g -> g.indices(9, 3).rotaryAngles(4, 10), "floating-point", "I64 [3]"),
        new Refusal(
            HALVES,
            g -> g.reals(3, 4).rotateHalves(g.reals(3, 3), g.reals(3, 3)),
            "2 pairs in a width",
            "F64 [3, 4] and F64 [3, 3]"),
        new Refusal(
            HALVES,
            g -> g.reals(1, 4).rotateHalves(g.reals(3, 2), g.reals(3, 2)),
            "broadcast to [1, 2]",
            "F64 [3, 2]"),
        new Refusal(
            PAIRS,
            g -> g.reals(3, 4).rotatePairs(g.reals(3, 2), g.reals(3, 2).to(DType.F32)),
            "of one type",
            "F32 [3, 2]"));
  }
}
