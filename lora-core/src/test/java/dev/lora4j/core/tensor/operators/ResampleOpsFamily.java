package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.ResampleOps;
import dev.lora4j.core.tensor.Resize;
import java.util.List;

/** Changes of resolution. */
final class ResampleOpsFamily implements OperatorFamily {
  private static final String SIZE = "resize(Resize, Dim, Dim)";
  private static final String FACTOR = "resizeBy(Resize, double, double)";

  @Override
  public Class<?> operators() {
    return ResampleOps.class;
  }

  @Override
  public List<Row> rows() {
    return List.of(
        Row.of("upsampleNearest(int)", g -> g.reals(g.sizes(4, 4)).upsampleNearest(g.size(1, 3))),
        Row.of(
            SIZE,
            g -> {
              Expr x = g.reals(g.sizes(4, 4));
              return x.resize(
                  g.oneOf(Resize.NEAREST, Resize.NEAREST_EXACT),
                  Dim.of(g.size(1, 5)),
                  x.dim(3).times(2));
            }),
        resize(Resize.BILINEAR),
        resize(Resize.BILINEAR.antialiased()),
        resize(Resize.BICUBIC),
        resize(Resize.BICUBIC.antialiased()),
        resizeBy(Resize.NEAREST),
        resizeBy(Resize.NEAREST_EXACT),
        resizeBy(Resize.BILINEAR),
        resizeBy(Resize.BICUBIC.antialiased()));
  }

  private static Row resize(Resize how) {
    return Row.of(
        SIZE,
        g -> {
          Expr x = g.reals(1, 2, g.size(2, 4), g.size(2, 4));
          Expr like = g.given(g.size(1, 6), 1);
          return x.resize(g.flag() ? how.aligned() : how, like.dim(0), Dim.of(g.size(1, 6)));
        });
  }

  private static Row resizeBy(Resize how) {
    return Row.of(
        FACTOR,
        g ->
            g.reals(1, 1, g.size(2, 4), g.size(2, 4))
                .resizeBy(how, g.number(0.5, 3), g.oneOf(0.5, 1.0, 2.0)));
  }

  @Override
  public List<Golden> goldens() {
    return List.of(
        Golden.of(
            "upsampleNearest(int)", "upsample_nearest", in -> in.apply("x").upsampleNearest(3)),
        size("nearest", Resize.NEAREST, 7, 3),
        size("nearest_exact", Resize.NEAREST_EXACT, 7, 3),
        size("bilinear", Resize.BILINEAR, 3, 8),
        size("bilinear_aligned", Resize.BILINEAR.aligned(), 3, 8),
        size("bilinear_antialiased", Resize.BILINEAR.antialiased(), 2, 3),
        size("bicubic", Resize.BICUBIC, 7, 3),
        size("bicubic_aligned", Resize.BICUBIC.aligned(), 9, 1),
        size("bicubic_antialiased", Resize.BICUBIC.antialiased(), 3, 2),
        Golden.of(
            SIZE,
            "bicubic_transposed",
            in -> in.apply("x").transpose(2, 3).resize(Resize.BICUBIC, Dim.of(6), Dim.of(4))),
        Golden.of(FACTOR, "nearest_by", in -> in.apply("x").resizeBy(Resize.NEAREST, 1.7, 0.6)),
        Golden.of(FACTOR, "bilinear_by", in -> in.apply("x").resizeBy(Resize.BILINEAR, 1.7, 0.6)),
        Golden.of(
            FACTOR,
            "bicubic_antialiased_by",
            in -> in.apply("x").resizeBy(Resize.BICUBIC.antialiased(), 0.4, 1.3)));
  }

  private static Golden size(String name, Resize how, int height, int width) {
    return Golden.of(SIZE, name, in -> in.apply("x").resize(how, Dim.of(height), Dim.of(width)));
  }

  @Override
  public List<Refusal> refusals() {
    return List.of(
        new Refusal(
            "upsampleNearest(int)",
            g -> g.reals(2, 3, 4).upsampleNearest(2),
            "[batch, channels, height, width]",
            "F64 [2, 3, 4]"),
        new Refusal(
            SIZE,
            g -> g.reals(1, 1, 2, 2).resize(Resize.BICUBIC, Dim.of(0), Dim.of(2)),
            "a height and a width above 0",
            "[0, 2]"),
        new Refusal(
            SIZE,
            g -> g.indices(3, 1, 1, 2, 2).resize(Resize.NEAREST, Dim.of(1), Dim.of(2)),
            "a floating-point type",
            "I64 [1, 1, 2, 2]"),
        new Refusal(
            FACTOR,
            g -> g.reals(1, 1, 2, 3).resizeBy(Resize.BILINEAR, 0.3, 1),
            "factors that leave something of [1, 1, 2, 3]",
            "0.3 and 1.0"));
  }
}
