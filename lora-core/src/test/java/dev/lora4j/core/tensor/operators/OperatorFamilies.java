package dev.lora4j.core.tensor.operators;

import java.util.List;

/** All families, one line each. */
final class OperatorFamilies {
  private OperatorFamilies() {}

  static List<OperatorFamily> all() {
    return List.of(
        new ArithmeticFamily(),
        new ExprFamily(),
        new ActivatingFamily(),
        new AttendingFamily(),
        new ConvolvingFamily(),
        new NormalisingFamily(),
        new PaddingFamily(),
        new PoolingFamily(),
        new ProjectingFamily(),
        new ResamplingFamily(),
        new ReducingFamily(),
        new RotatingFamily(),
        new ShapingFamily());
  }
}
