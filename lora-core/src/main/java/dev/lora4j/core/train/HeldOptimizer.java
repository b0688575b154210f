package dev.lora4j.core.train;

import dev.lora4j.core.adapter.training.DirectionRule;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.train.optimizer.DelegatingOptimizer;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.core.train.optimizer.OptimizerSlot;
import dev.lora4j.core.train.optimizer.Update;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * An optimizer of weights of which some elements are held: they stay as they are to the last bit,
 * and their gradient counts for nothing. Which ones is one of its slots, which {@link
 * DirectionUpdate} changes between steps; the rule's numbers are others.
 *
 * @param optimizer what changes the other elements
 * @param rule which directions are trained
 */
public record HeldOptimizer(Optimizer optimizer, DirectionRule rule)
    implements DelegatingOptimizer {
  /** Slot of the marks: 1 where an element is held. */
  static final String HELD = "held";

  /** Slot of the rule's stage. */
  static final String STAGE = "held_stage";

  /**
   * Joins both.
   *
   * @throws TensorException if the optimizer evaluates other weights than those it changes, which
   *     would not be held
   */
  public HeldOptimizer {
    if (optimizer.evaluatesElsewhere()) {
      throw new TensorException(
          "The optimiser '"
              + optimizer.name()
              + "' averages the weights, so that directions that are finished would go on moving;"
              + " take another optimiser.");
    }
  }

  @Override
  public List<OptimizerSlot> memories() {
    List<OptimizerSlot> all = new ArrayList<>(optimizer.memories());
    all.add(new OptimizerSlot.Codes(HELD, shape -> shape, 0));
    all.add(new OptimizerSlot.Scalar(STAGE, 0));
    rule.numbers().forEach(name -> all.add(new OptimizerSlot.Scalar(name, 0)));
    return all;
  }

  @Override
  public Expr counted(Expr gradient, Function<String, Expr> memories) {
    return optimizer.counted(gradient, memories).maskedFill(memories.apply(HELD).ne(0), 0);
  }

  @Override
  public void stage(Update update) {
    List<Expr> before = update.runs().stream().map(run -> copy(run.weights())).toList();
    optimizer.stage(update);
    List<Update.Part> runs = update.runs();
    for (int i = 0; i < runs.size(); i++) {
      // Nothing is left to how an optimizer takes a gradient of 0: weight decay moves too.
      Expr held = runs.get(i).slot(HELD).ne(0).and(update.taken());
      update.replace(runs.get(i).weights(), before.get(i), held);
    }
  }

  private static Expr copy(Expr weights) {
    return weights.graph().call("clone", weights.dtype(), weights.shape(), weights);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("HeldOptimizer")
        .with("optimizer", optimizer.canonical())
        .with("rule", rule.canonical())
        .text();
  }
}
