package dev.lora4j.core.tensor.operators;

import java.util.List;

/** All families, one line each. */
final class OperatorFamilies {
  private OperatorFamilies() {}

  static List<OperatorFamily> all() {
    return List.of(
        new ArithmeticOpsFamily(),
        new MathOpsFamily(),
        new ComparisonOpsFamily(),
        new BitwiseOpsFamily(),
        new CastOpsFamily(),
        new ExprFamily(),
        new ConstantsFamily(),
        new ShapeOpsFamily(),
        new SliceOpsFamily(),
        new IndexOpsFamily(),
        new ReductionOpsFamily(),
        new ReductionFamily(),
        new SortOpsFamily(),
        new MatmulOpsFamily(),
        new LinalgOpsFamily(),
        new LossOpsFamily(),
        new ActivationOpsFamily(),
        new AttentionOpsFamily(),
        new ConvOpsFamily(),
        new NormOpsFamily(),
        new PaddingOpsFamily(),
        new PoolOpsFamily(),
        new ProjectionOpsFamily(),
        new ResampleOpsFamily(),
        new RotaryOpsFamily());
  }
}
