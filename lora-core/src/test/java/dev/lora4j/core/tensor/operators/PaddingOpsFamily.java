package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.PadMode;
import dev.lora4j.core.tensor.PaddingOps;
import java.util.List;

/** Elements added at the borders. */
final class PaddingOpsFamily implements OperatorFamily {
  private static final String CONSTANT = "pad(double, int[])";
  private static final String MODE = "pad(PadMode, int[])";

  @Override
  public Class<?> operators() {
    return PaddingOps.class;
  }

  @Override
  public List<Row> rows() {
    return List.of(
        Row.of(
            "padRightBottom(int, int)",
            g -> g.reals(g.sizes(4, 4)).padRightBottom(g.size(0, 2), g.size(0, 2))),
        Row.of(CONSTANT, g -> g.reals(g.sizes(2, 3)).pad(g.number(-1, 1), side(g), side(g))),
        Row.of(CONSTANT, g -> g.reals(3, 3).pad(2, -1, side(g), side(g), -1)),
        Row.of(MODE, g -> g.reals(g.sizes(3, 3)).pad(PadMode.ZEROS, side(g), side(g))),
        Row.of(MODE, g -> g.reals(1, 2, 3).pad(mode(g), side(g), side(g))),
        Row.of(MODE, g -> g.reals(2, 1, 3, 4).pad(mode(g), side(g), side(g), side(g), side(g))),
        Row.of(MODE, g -> g.reals(1, 1, 2, 2, 3).pad(mode(g), 1, side(g), 1, 0, 0, 1)));
  }

  private static int side(Operands g) {
    return g.size(0, 2);
  }

  private static PadMode mode(Operands g) {
    return g.oneOf(PadMode.REFLECT, PadMode.REPLICATE, PadMode.CIRCULAR);
  }

  @Override
  public List<Golden> goldens() {
    return List.of(
        Golden.of(
            "padRightBottom(int, int)",
            "pad_right_bottom",
            in -> in.apply("x").padRightBottom(1, 2)),
        Golden.of(CONSTANT, "constant", in -> in.apply("x").pad(-2.5, 1, 0, -2, 3)),
        Golden.of(MODE, "zeros", in -> in.apply("x").pad(PadMode.ZEROS, 0, 1)),
        Golden.of(
            MODE, "reflect", in -> in.apply("x").transpose(2, 3).pad(PadMode.REFLECT, 4, 1, 0, 2)),
        Golden.of(MODE, "replicate", in -> in.apply("x").pad(PadMode.REPLICATE, 7, 0, 1, 3)),
        Golden.of(MODE, "circular", in -> in.apply("x").pad(PadMode.CIRCULAR, 5, 1, 3, 0)),
        Golden.of(MODE, "circular1d", in -> in.apply("x").pad(PadMode.CIRCULAR, 2, 3)),
        Golden.of(MODE, "reflect3d", in -> in.apply("x").pad(PadMode.REFLECT, 1, 2, 0, 1, 1, 0)));
  }

  @Override
  public List<Refusal> refusals() {
    return List.of(
        new Refusal(
            "padRightBottom(int, int)",
            g -> g.reals(2, 3, 4).padRightBottom(1, 1),
            "[batch, channels, height, width]",
            "F64 [2, 3, 4]"),
        new Refusal(CONSTANT, g -> g.reals(3).pad(0, 1), "two sides for each", "[1] for [3]"),
        new Refusal(CONSTANT, g -> g.reals(3).pad(0, 1, 1, 1, 1), "two sides for each", "for [3]"),
        new Refusal(CONSTANT, g -> g.reals(3).pad(0, -2, -2), "leave something of [3]", "[-2, -2]"),
        new Refusal(
            MODE, g -> g.reals(1, 1, 3).pad(PadMode.CIRCULAR, -1, 0), "0 or more", "[-1, 0]"),
        new Refusal(MODE, g -> g.reals(1, 1, 3).pad(PadMode.REFLECT, 0, 3), "at most 2", "[0, 3]"),
        new Refusal(MODE, g -> g.reals(1, 1, 3).pad(PadMode.CIRCULAR, 4, 0), "at most 3", "[4, 0]"),
        new Refusal(
            MODE,
            g -> g.reals(1, 3, 3).pad(PadMode.REFLECT, 1, 1, 1, 1),
            "[batch, channels, sizes...]",
            "F64 [1, 3, 3]"));
  }
}
