package dev.lora4j.core.train;

import dev.lora4j.core.adapter.training.StepRule;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.core.train.optimizer.OptimizerSlot;
import dev.lora4j.core.train.optimizer.Update;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An optimizer after whose steps a method's rule changes the factors. */
public final class RuledOptimizer implements Optimizer {
  /** A trained tensor as the part of a layer. */
  public record Place(Site site, String part) {}

  private final Optimizer optimizer;
  private final StepRule rule;
  private final Map<String, Place> places;

  /**
   * Joins both.
   *
   * @param places the tensors that the rule is for, by their names in the flat buffer
   * @throws TensorException if the optimizer evaluates other weights than those it changes, which
   *     the rule would not reach
   */
  public RuledOptimizer(Optimizer optimizer, StepRule rule, Map<String, Place> places) {
    if (optimizer.evaluatesElsewhere()) {
      throw new TensorException(
          "The optimiser '"
              + optimizer.name()
              + "' averages the weights, so that the method's changes between steps are lost; take"
              + " another optimiser.");
    }
    this.optimizer = optimizer;
    this.rule = rule;
    this.places = Map.copyOf(places);
  }

  @Override
  public String name() {
    return optimizer.name();
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
      Optional.ofNullable(places.get(whole.parameter().name()))
          .ifPresent(place -> factors.add(new SeenFactor(place, whole)));
    }
    return factors;
  }

  @Override
  public boolean takesSeveralRates() {
    return optimizer.takesSeveralRates();
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("RuledOptimizer")
        .with("optimizer", optimizer.canonical())
        .with("rule", rule.canonical())
        .text();
  }

  private record SeenFactor(Place place, Update.Whole whole) implements StepRule.Factor {
    @Override
    public String site() {
      return place.site().name();
    }

    @Override
    public String part() {
      return place.part();
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
