package dev.lora4j.core.train.adapter;

import dev.lora4j.core.adapter.training.StepRule;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.train.optimizer.DelegatingOptimizer;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.core.train.optimizer.OptimizerSlot;
import dev.lora4j.core.train.optimizer.Update;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** An optimizer after whose steps a method's rule changes the factors. */
final class RuledOptimizer implements DelegatingOptimizer {
  private final Optimizer optimizer;
  private final StepRule rule;
  private final Map<String, AdapterParameter> parameters;

  /**
   * Joins both.
   *
   * @param parameters the tensors that the rule is for
   * @throws TensorException if the optimizer evaluates other weights than those it changes, which
   *     the rule would not reach
   */
  RuledOptimizer(Optimizer optimizer, StepRule rule, List<AdapterParameter> parameters) {
    if (optimizer.evaluatesElsewhere()) {
      throw new TensorException(
          "The optimiser '"
              + optimizer.name()
              + "' averages the weights, so that the method's changes between steps are lost; take"
              + " another optimiser.");
    }
    this.optimizer = optimizer;
    this.rule = rule;
    this.parameters = parameters.stream().collect(Collectors.toMap(AdapterParameter::name, p -> p));
  }

  @Override
  public Optimizer optimizer() {
    return optimizer;
  }

  @Override
  public List<OptimizerSlot> memories() {
    List<OptimizerSlot> all = new ArrayList<>(optimizer.memories());
    rule.slots().forEach(name -> all.add(OptimizerSlot.zeros(name)));
    return all;
  }

  @Override
  public void stage(Update update) {
    optimizer.stage(update);
    rule.stage(new Seen(update, factors(update)));
  }

  private List<StepRule.Factor> factors(Update update) {
    List<StepRule.Factor> factors = new ArrayList<>();
    for (Update.Whole whole : update.weights()) {
      Optional.ofNullable(parameters.get(whole.parameter().name()))
          .ifPresent(parameter -> factors.add(new SeenFactor(parameter, whole)));
    }
    return factors;
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("RuledOptimizer")
        .with("optimizer", optimizer.canonical())
        .with("rule", rule.canonical())
        .text();
  }

  private record SeenFactor(AdapterParameter parameter, Update.Whole whole)
      implements StepRule.Factor {
    @Override
    public String site() {
      return parameter.site().name();
    }

    @Override
    public String part() {
      return parameter.part();
    }

    @Override
    public Expr values() {
      return whole.weights();
    }

    @Override
    public Expr gradient() {
      return whole.gradient();
    }

    @Override
    public Expr slot(String name) {
      return whole.slot(name);
    }
  }

  private record Seen(Update update, List<StepRule.Factor> factors) implements StepRule.Step {
    @Override
    public Graph graph() {
      return update.graph();
    }

    @Override
    public DType type() {
      return update.type();
    }

    @Override
    public Expr count() {
      return update.count();
    }

    @Override
    public Expr taken() {
      return update.taken();
    }

    @Override
    public void replace(Expr target, Expr value, Expr condition) {
      update.replace(target, value, condition.and(update.taken()));
    }
  }
}
