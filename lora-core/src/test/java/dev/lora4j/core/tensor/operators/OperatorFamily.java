package dev.lora4j.core.tensor.operators;

import java.util.List;

/** What the tests know about the operators of one type. */
interface OperatorFamily {
  /** The type whose public methods are the operators. */
  Class<?> operators();

  /** Generated cases; at least one row for each operator. */
  List<Row> rows();

  /**
   * Cases with PyTorch's results; at least one for each operator. {@code
   * src/test/golden/operators/NAME.py} writes the numbers.
   */
  List<Golden> goldens();

  /** What has to be refused while staging. */
  List<Refusal> refusals();

  /** Name of the type in lower case, which is that of its file of goldens. */
  default String name() {
    return operators().getSimpleName().toLowerCase(java.util.Locale.ROOT);
  }
}
