package dev.lora4j.core.tensor.operators;

import java.util.List;

/** All families, one line each. */
final class OperatorFamilies {
  private OperatorFamilies() {}

  static List<OperatorFamily> all() {
    return List.of(
        new ArithmeticFamily(),
        new FunctionsFamily(),
        new ComparingFamily(),
        new BitsFamily(),
        new CastingFamily(),
        new ExprFamily(),
        new ConstantsFamily(),
        new ShapingFamily(),
        new CuttingFamily(),
        new IndexingFamily(),
        new ReducingFamily(),
        new ReductionFamily(),
        new OrderingFamily(),
        new ProductsFamily(),
        new LinearAlgebraFamily(),
        new LossesFamily(),
        new ActivatingFamily(),
        new AttendingFamily(),
        new ConvolvingFamily(),
        new NormalisingFamily(),
        new PaddingFamily(),
        new PoolingFamily(),
        new ProjectingFamily(),
        new ResamplingFamily(),
        new RotatingFamily());
  }
}
