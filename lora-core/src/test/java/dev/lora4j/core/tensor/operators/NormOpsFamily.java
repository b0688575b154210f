package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.BatchNormed;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.NormOps;
import java.util.List;
import java.util.function.Function;

/** Normalisations. */
final class NormOpsFamily implements OperatorFamily {
  private static final String GROUP = "groupNorm(int, Expr, Expr, double)";
  private static final String LAYER = "layerNorm(Expr, Expr, double)";
  private static final String RMS = "rmsNorm(Expr, double)";
  private static final String BATCH = "batchNorm(Expr, Expr, Expr, Expr, double)";
  private static final String TRAINING =
      "batchNormTraining(Expr, Expr, Expr, Expr, double, double)";

  @Override
  public Class<?> operators() {
    return NormOps.class;
  }

  @Override
  public List<Row> rows() {
    return List.of(
        Row.of(GROUP, g -> g.reals(2, 4, g.size(2, 3)).groupNorm(2, g.reals(4), g.reals(4), 1e-3)),
        Row.of(
            GROUP, g -> g.reals(1, 3, 2, 2).groupNorm(g.oneOf(1, 3), g.reals(3), g.reals(3), 1e-2)),
        Row.of("groupNorm(int, double)", g -> g.reals(2, 4, 2).groupNorm(g.oneOf(1, 2), 1e-2)),
        Row.of(
            LAYER,
            g -> {
              int width = g.size(2, 4);
              return g.reals(Operands.join(g.sizes(1, 2), width))
                  .layerNorm(g.reals(width), g.reals(width), 1e-3);
            }),
        Row.of(
            LAYER, g -> g.reals(2, 3, 2).layerNorm(g.reals(3, 2), g.reals(3, 2), g.number(0.1, 1))),
        Row.of(
            "layerNorm(Expr, double)",
            g -> g.reals(g.size(1, 3), 3).layerNorm(g.reals(3), g.number(0.01, 1))),
        Row.of(
            "layerNorm(double)",
            g -> g.reals(Operands.join(g.sizes(0, 2), 3)).layerNorm(g.number(0.01, 1))),
        Row.of(
            RMS,
            g -> {
              int width = g.size(1, 4);
              return g.reals(Operands.join(g.sizes(0, 2), width))
                  .rmsNorm(g.reals(width), g.number(0.01, 1));
            }),
        Row.of(RMS, g -> g.reals(2, 2, 3).rmsNorm(g.reals(2, 3), 0.1)),
        Row.of(
            "rmsNorm(double)",
            g -> g.reals(Operands.join(g.sizes(0, 2), 3)).rmsNorm(g.number(0.01, 1))),
        Row.of(
            BATCH,
            g ->
                g.reals(Operands.join(new long[] {2, 3}, g.sizes(0, 2)))
                    .batchNorm(
                        g.given(3), g.givenBetween(0.5, 2, 3), g.reals(3), g.reals(3), 1e-3)),
        Row.several(
                TRAINING,
                g -> {
                  BatchNormed normed =
                      g.reals(Operands.join(new long[] {2, 3}, g.sizes(1, 2)))
                          .batchNormTraining(
                              g.reals(3), g.reals(3), g.reals(3), g.reals(3), 0.2, 1e-2);
                  return List.of(normed.values(), normed.mean(), normed.variance());
                })
            .with(Row.Trait.FLAT),
        Row.of(
            TRAINING,
            g -> {
              Expr x = g.reals(Operands.join(new long[] {3, 2}, g.sizes(0, 2)));
              BatchNormed normed =
                  x.batchNormTraining(
                      g.given(2), g.givenBetween(0.5, 2, 2), g.reals(2), g.reals(2), 0.1, 1e-2);
              // The running statistics pass no gradient, so differences must not see them.
              return normed.values();
            }));
  }

  @Override
  public List<Golden> goldens() {
    return List.of(
        Golden.of(
            GROUP,
            "group_norm",
            in -> in.apply("x").groupNorm(3, in.apply("weight"), in.apply("bias"), 1e-5)),
        Golden.of(
            "groupNorm(int, double)",
            "group_norm_plain",
            in -> in.apply("x").transpose(1, 2).groupNorm(1, 1e-6)),
        Golden.of(
            LAYER,
            "layer_norm",
            in ->
                in.apply("x")
                    .transpose(0, 1)
                    .layerNorm(in.apply("weight"), in.apply("bias"), 1e-5)),
        Golden.of(
            "layerNorm(Expr, double)",
            "layer_norm_weight",
            in -> in.apply("x").layerNorm(in.apply("weight"), 1e-6)),
        Golden.of("layerNorm(double)", "layer_norm_plain", in -> in.apply("x").layerNorm(1e-12)),
        Golden.of(RMS, "rms_norm", in -> in.apply("x").rmsNorm(in.apply("weight"), 1e-6)),
        Golden.of(RMS, "rms_norm_bf16", in -> in.apply("x").rmsNorm(in.apply("weight"), 1e-6))
            .within(0),
        Golden.of("rmsNorm(double)", "rms_norm_plain", in -> in.apply("x").rmsNorm(1e-5)),
        Golden.of(
            BATCH,
            "batch_norm",
            in ->
                in.apply("x")
                    .batchNorm(
                        in.apply("mean"),
                        in.apply("variance"),
                        in.apply("weight"),
                        in.apply("bias"),
                        1e-5)),
        Golden.several(TRAINING, "batch_norm_training", in -> training(in, 0.1)),
        Golden.several(TRAINING, "batch_norm_training_1d", in -> training(in, 0.3)));
  }

  private static List<Expr> training(Function<String, Expr> in, double momentum) {
    BatchNormed normed =
        in.apply("x")
            .batchNormTraining(
                in.apply("mean"),
                in.apply("variance"),
                in.apply("weight"),
                in.apply("bias"),
                momentum,
                1e-5);
    return List.of(normed.values(), normed.mean(), normed.variance());
  }

  @Override
  public List<Refusal> refusals() {
    return List.of(
        new Refusal(
            GROUP,
            g -> g.reals(2, 5, 3).groupNorm(2, g.reals(5), g.reals(5), 1e-5),
            "channels that divide into 2 groups",
            "[2, 5, 3]"),
        new Refusal(
            GROUP,
            g -> g.reals(2, 4, 3).groupNorm(2, g.reals(4), g.reals(3), 1e-5),
            "parameters [channels]",
            "F64 [2, 4, 3] and F64 [3]"),
        new Refusal(
            LAYER,
            g -> g.reals(2, 4).layerNorm(g.reals(3), g.reals(3), 1e-5),
            "x [..., sizes] and weight [sizes]",
            "F64 [2, 4] and F64 [3]"),
        new Refusal(
            LAYER,
            g -> g.reals(2, 4).layerNorm(g.reals(4), g.reals(3), 1e-5),
            "weight and bias of one type and shape",
            "F64 [4] and F64 [3]"),
        new Refusal(
            "layerNorm(double)",
            g -> g.indices(3, 2).layerNorm(1e-5),
            "a floating-point type",
            "I64 [2]"),
        new Refusal(
            RMS,
            g -> g.reals(2, 4).rmsNorm(g.reals(4).to(DType.F32), 1e-5),
            "of one type",
            "F64 [2, 4] and F32 [4]"),
        new Refusal(
            BATCH,
            g -> g.reals(2, 4).batchNorm(g.reals(4), g.reals(4), g.reals(4), g.reals(2), 1e-5),
            "parameters [channels]",
            "F64 [2, 4] and F64 [2]"),
        new Refusal(
            TRAINING,
            g ->
                g.reals(1, 2)
                    .batchNormTraining(g.reals(2), g.reals(2), g.reals(2), g.reals(2), 0.1, 1e-5)
                    .values(),
            "more than one element for each channel",
            "[1, 2]"));
  }
}
