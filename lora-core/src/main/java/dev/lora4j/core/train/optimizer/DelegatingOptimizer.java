package dev.lora4j.core.train.optimizer;

import dev.lora4j.core.tensor.Expr;
import java.util.function.Function;

/**
 * An optimizer whose steps are those of another with something before or after them. It has the
 * other's name and answers; its slots, step and canonical form are its own to say.
 */
public interface DelegatingOptimizer extends Optimizer {
  /** The other optimizer. */
  Optimizer optimizer();

  @Override
  default String name() {
    return optimizer().name();
  }

  @Override
  default Expr counted(Expr gradient, Function<String, Expr> memories) {
    return optimizer().counted(gradient, memories);
  }

  @Override
  default Expr evaluation(Expr weights, Function<String, Expr> memories) {
    return optimizer().evaluation(weights, memories);
  }

  @Override
  default boolean evaluatesElsewhere() {
    return optimizer().evaluatesElsewhere();
  }

  @Override
  default boolean takesSeveralRates() {
    return optimizer().takesSeveralRates();
  }
}
