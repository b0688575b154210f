package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.ConvOps;
import dev.lora4j.core.tensor.Convolution;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.PadMode;
import dev.lora4j.core.tensor.TransposedConvolution;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.LongStream;

/** Convolutions. */
final class ConvOpsFamily implements OperatorFamily {
  private static final String CONVOLVE = "convolve(Expr, Convolution)";
  private static final String CONVOLVE_BIAS = "convolve(Expr, Expr, Convolution)";
  private static final String TRANSPOSED = "convolveTransposed(Expr, TransposedConvolution)";
  private static final String TRANSPOSED_BIAS =
      "convolveTransposed(Expr, Expr, TransposedConvolution)";

  @Override
  public Class<?> operators() {
    return ConvOps.class;
  }

  @Override
  public List<Row> rows() {
    return List.of(
        Row.of(
            "conv2d(Expr, int, int)",
            g -> {
              int in = g.size(1, 2);
              Expr x = g.reals(g.size(1, 2), in, g.size(3, 4), g.size(3, 4));
              Expr weight = g.reals(g.size(1, 2), in, g.size(1, 3), g.size(1, 3));
              return x.conv2d(weight, g.size(1, 2), g.size(0, 2));
            }),
        Row.of(
            "conv2d(Expr, Expr, int, int)",
            g -> {
              int out = g.size(1, 3);
              Expr x = g.reals(1, 2, 3, 4);
              return x.conv2d(g.reals(out, 2, 3, 2), g.reals(out), g.size(1, 2), g.size(0, 1));
            }),
        convolve(1, 4, g -> Convolution.strided(g.size(1, 3)).padded(g.size(0, 2))),
        convolve(2, 3, g -> Convolution.PLAIN.dilated(g.size(1, 2), 1).padded(g.size(1, 2), 1)),
        convolve(
            2, 3, g -> Convolution.strided(1, 2).padded(List.of(1, 0), List.of(0, g.size(1, 2)))),
        convolve(3, 2, g -> Convolution.strided(g.size(1, 2)).padded(1)),
        Row.of(
            CONVOLVE,
            g ->
                g.reals(1, 2, 4)
                    .convolve(
                        g.showing(2).reals(2, 2, g.size(1, 4)),
                        Convolution.PLAIN.keepingSizes().padMode(g.oneOf(PadMode.values())))),
        Row.of(
            CONVOLVE,
            g ->
                g.reals(1, 1, 3, 4)
                    .convolve(
                        g.reals(2, 1, 2, 3),
                        Convolution.strided(2, 1)
                            .padded(1, 2)
                            .padMode(g.oneOf(PadMode.REFLECT, PadMode.CIRCULAR)))),
        Row.of(
            CONVOLVE,
            g ->
                g.reals(1, 1, 2, 2, 2)
                    .convolve(
                        g.reals(1, 1, 2, 2, 2),
                        Convolution.PLAIN.padded(1).padMode(g.oneOf(PadMode.values())))),
        Row.of(
            CONVOLVE_BIAS,
            g -> {
              int groups = g.size(1, 3);
              int out = groups * g.size(1, 2);
              return g.reals(2, 2L * groups, 3, 2)
                  .convolve(
                      g.reals(out, 2, 2, 1),
                      g.reals(out),
                      Convolution.strided(1).padded(1).grouped(groups));
            }),
        transposed(1, g -> TransposedConvolution.strided(g.size(1, 3)).padded(g.size(0, 1))),
        transposed(2, g -> TransposedConvolution.strided(2, 3).outputPadded(g.size(0, 1), 2)),
        transposed(3, g -> TransposedConvolution.PLAIN.dilated(g.size(1, 2))),
        Row.of(
            TRANSPOSED_BIAS,
            g -> {
              int groups = g.size(1, 3);
              int out = g.size(1, 2);
              return g.reals(1, 2L * groups, 2, 3)
                  .convolveTransposed(
                      g.reals(2L * groups, out, 2, 2),
                      g.reals((long) groups * out),
                      TransposedConvolution.strided(2).padded(0, 1).grouped(groups));
            }));
  }

  private static Row convolve(int dimensions, int least, Function<Operands, Convolution> settings) {
    return Row.of(
        CONVOLVE,
        g -> {
          int in = g.size(1, 2);
          Expr x = g.reals(sizes(g, g.size(1, 2), in, dimensions, least, least + 1));
          Expr weight = g.reals(sizes(g, g.size(1, 2), in, dimensions, 1, Math.min(least, 2)));
          return x.convolve(weight, settings.apply(g));
        });
  }

  private static Row transposed(
      int dimensions, Function<Operands, TransposedConvolution> settings) {
    return Row.of(
        TRANSPOSED,
        g -> {
          int in = g.size(1, 2);
          Expr x = g.reals(sizes(g, 1, in, dimensions, 2, 3));
          Expr weight = g.reals(sizes(g, in, g.size(1, 2), dimensions, 1, 3));
          return x.convolveTransposed(weight, settings.apply(g));
        });
  }

  private static long[] sizes(
      Operands g, long first, long second, int dimensions, int least, int most) {
    long[] sizes = LongStream.range(0, dimensions).map(d -> g.size(least, most)).toArray();
    return LongStream.concat(LongStream.of(first, second), Arrays.stream(sizes)).toArray();
  }

  @Override
  public List<Golden> goldens() {
    return List.of(
        Golden.of(
            "conv2d(Expr, int, int)",
            "conv2d",
            in -> in.apply("x").transpose(2, 3).conv2d(in.apply("weight"), 2, 1)),
        Golden.of(
            "conv2d(Expr, Expr, int, int)",
            "conv2d_bias",
            in -> in.apply("x").conv2d(in.apply("weight"), in.apply("bias"), 1, 2)),
        golden("conv1d_strided", Convolution.strided(3).padded(2)),
        golden("conv1d_same_even", Convolution.PLAIN.keepingSizes().dilated(3)),
        golden("conv2d_dilated_grouped", Convolution.PLAIN.dilated(2, 1).grouped(2).padded(3, 0)),
        golden("conv2d_uneven", Convolution.strided(2).padded(List.of(0, 1), List.of(1, 2))),
        golden("conv2d_reflect", Convolution.strided(2, 1).padded(2, 1).padMode(PadMode.REFLECT)),
        golden("conv2d_replicate", Convolution.PLAIN.padded(1, 3).padMode(PadMode.REPLICATE)),
        golden("conv2d_circular", Convolution.PLAIN.padded(3, 1).padMode(PadMode.CIRCULAR)),
        golden("conv2d_same_reflect", Convolution.PLAIN.keepingSizes().padMode(PadMode.REFLECT)),
        golden("conv3d", Convolution.strided(1, 2, 1).padded(0, 1, 2)),
        golden("conv1d_depthwise", Convolution.PLAIN.grouped(3)),
        Golden.of(
                CONVOLVE_BIAS,
                "conv1d_bf16",
                in ->
                    in.apply("x")
                        .convolve(
                            in.apply("weight"), in.apply("bias"), Convolution.PLAIN.padded(1)))
            .within(1e-2),
        Golden.of(
            CONVOLVE_BIAS,
            "conv2d_pointwise",
            in -> in.apply("x").convolve(in.apply("weight"), in.apply("bias"), Convolution.PLAIN)),
        goldenTransposed("conv_transpose1d", TransposedConvolution.strided(3).padded(1)),
        goldenTransposed(
            "conv_transpose2d",
            TransposedConvolution.strided(2, 3).padded(1, 0).outputPadded(1, 2).dilated(1, 2)),
        goldenTransposed("conv_transpose3d", TransposedConvolution.PLAIN.padded(1, 0, 1)),
        Golden.of(
            TRANSPOSED_BIAS,
            "conv_transpose2d_grouped",
            in ->
                in.apply("x")
                    .transpose(2, 3)
                    .convolveTransposed(
                        in.apply("weight"),
                        in.apply("bias"),
                        TransposedConvolution.strided(2).grouped(2))));
  }

  private static Golden golden(String name, Convolution settings) {
    return Golden.of(CONVOLVE, name, in -> in.apply("x").convolve(in.apply("weight"), settings));
  }

  private static Golden goldenTransposed(String name, TransposedConvolution settings) {
    return Golden.of(
        TRANSPOSED, name, in -> in.apply("x").convolveTransposed(in.apply("weight"), settings));
  }

  @Override
  public List<Refusal> refusals() {
    return List.of(
        new Refusal(
            "conv2d(Expr, int, int)",
            g -> g.reals(1, 2, 5, 5).conv2d(g.reals(3, 4, 3, 3), 1, 1),
            "x [batch, in, sizes...]",
            "F64 [1, 2, 5, 5] and F64 [3, 4, 3, 3]"),
        new Refusal(
            CONVOLVE,
            g -> g.reals(1, 2, 5).convolve(g.reals(3, 2, 3, 3), Convolution.PLAIN),
            "a weight with as many",
            "F64 [1, 2, 5] and F64 [3, 2, 3, 3]"),
        new Refusal(
            CONVOLVE,
            g -> g.reals(1, 2, 5).convolve(g.reals(3), Convolution.PLAIN),
            "a weight with as many",
            "F64 [1, 2, 5] and F64 [3]"),
        new Refusal(
            CONVOLVE,
            g -> g.reals(1, 4, 5).convolve(g.reals(3, 4, 3), Convolution.PLAIN.grouped(2)),
            "divide into 2 groups",
            "[3, 4, 3]"),
        new Refusal(
            CONVOLVE,
            g -> g.reals(1, 4, 5).convolve(g.reals(4, 4, 3), Convolution.PLAIN.grouped(2)),
            "in 2 groups",
            "F64 [1, 4, 5] and F64 [4, 4, 3]"),
        new Refusal(
            CONVOLVE,
            g -> g.reals(1, 2, 3).convolve(g.reals(3, 2, 3), Convolution.PLAIN.dilated(2)),
            "not smaller than the kernel",
            "F64 [1, 2, 3] and F64 [3, 2, 3]"),
        new Refusal(
            CONVOLVE,
            g -> g.reals(1, 2, 3).convolve(g.reals(3, 2, 3), Convolution.strided(1, 2)),
            "1 or 1 numbers as stride",
            "[1, 2]"),
        new Refusal(
            CONVOLVE,
            g -> g.reals(1, 2, 3).convolve(g.reals(3, 2, 3), Convolution.strided(2).keepingSizes()),
            "stride 1",
            "stride [2]"),
        new Refusal(
            CONVOLVE,
            g ->
                g.reals(1, 2, 3)
                    .convolve(
                        g.reals(3, 2, 3), Convolution.PLAIN.padded(3).padMode(PadMode.REFLECT)),
            "sides of at most 2",
            "[3, 3]"),
        new Refusal(
            CONVOLVE,
            g -> g.reals(1, 2, 3).convolve(g.reals(3, 2, 3).to(DType.F32), Convolution.PLAIN),
            "of one type",
            "F64 [1, 2, 3] and F32 [3, 2, 3]"),
        new Refusal(
            CONVOLVE_BIAS,
            g -> g.reals(1, 2, 3).convolve(g.reals(3, 2, 3), g.reals(2), Convolution.PLAIN),
            "bias [out]",
            "F64 [3, 2, 3] and F64 [2]"),
        new Refusal(
            TRANSPOSED,
            g -> g.reals(1, 2, 3).convolveTransposed(g.reals(3, 2, 3), TransposedConvolution.PLAIN),
            "weight [in, out / groups, kernel...]",
            "F64 [1, 2, 3] and F64 [3, 2, 3]"),
        new Refusal(
            TRANSPOSED,
            g ->
                g.reals(1, 2, 3)
                    .convolveTransposed(
                        g.reals(2, 2, 3), TransposedConvolution.strided(2).outputPadded(2)),
            "output paddings less than stride or dilation",
            "[2]"),
        new Refusal(
            TRANSPOSED_BIAS,
            g ->
                g.reals(1, 4, 3)
                    .convolveTransposed(
                        g.reals(4, 3, 2), g.reals(3), TransposedConvolution.PLAIN.grouped(2)),
            "bias [out]",
            "F64 [4, 3, 2] and F64 [3]"));
  }
}
