package dev.lora4j.core.train;

import dev.lora4j.core.adapter.training.MaskRule;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.train.optimizer.DelegatingOptimizer;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.core.train.optimizer.OptimizerSlot;
import dev.lora4j.core.train.optimizer.Update;
import java.util.ArrayList;
import java.util.List;

/**
 * An optimizer of weights of which some elements are kept at 0: it sees a gradient of 0 there. The
 * mask is one of its slots, which {@link MaskUpdate} changes between steps.
 *
 * @param optimizer what changes the other elements
 * @param rule which elements are kept at 0
 */
public record MaskedOptimizer(Optimizer optimizer, MaskRule rule) implements DelegatingOptimizer {
  /** Slot of the mask: 1 where an element is kept at 0. */
  static final String MASK = "masked";

  /** Slot of the last gradient, if the rule sees it. */
  static final String GRADIENT = "masked_gradient";

  @Override
  public List<OptimizerSlot> memories() {
    List<OptimizerSlot> all = new ArrayList<>(optimizer.memories());
    all.add(new OptimizerSlot.Codes(MASK, shape -> shape, 0));
    if (rule.seesGradients()) {
      all.add(OptimizerSlot.zeros(GRADIENT));
    }
    return all;
  }

  @Override
  public void stage(Update update) {
    optimizer.stage(new Masked(update));
    for (Update.Part run : update.runs()) {
      if (rule.seesGradients()) {
        update.replace(run.slot(GRADIENT), run.gradient());
      }
      // Nothing is left to how an optimizer takes a gradient of 0.
      update.replace(run.weights(), kept(run, run.weights()));
    }
  }

  private static Expr kept(Update.Part part, Expr values) {
    return values.maskedFill(part.slot(MASK).ne(0), 0);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("MaskedOptimizer")
        .with("optimizer", optimizer.canonical())
        .with("rule", rule.canonical())
        .text();
  }

  /** A step with a gradient of 0 at masked elements. */
  private record Masked(Update update) implements Update {
    @Override
    public Graph graph() {
      return update.graph();
    }

    @Override
    public DType type() {
      return update.type();
    }

    @Override
    public Expr rate() {
      return update.rate();
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
    public Expr scalar(String name) {
      return update.scalar(name);
    }

    @Override
    public List<Part> runs() {
      return update.runs().stream().<Part>map(MaskedPart::new).toList();
    }

    @Override
    public List<Whole> weights() {
      return update.weights().stream().<Whole>map(MaskedWhole::new).toList();
    }
  }

  private record MaskedPart(Update.Part part) implements Update.Part {
    @Override
    public double multiple() {
      return part.multiple();
    }

    @Override
    public Expr rate() {
      return part.rate();
    }

    @Override
    public Expr weights() {
      return part.weights();
    }

    @Override
    public Expr gradient() {
      return kept(part, part.gradient());
    }

    @Override
    public Expr slot(String name) {
      return part.slot(name);
    }
  }

  private record MaskedWhole(Update.Whole whole) implements Update.Whole {
    @Override
    public Parameter parameter() {
      return whole.parameter();
    }

    @Override
    public int run() {
      return whole.run();
    }

    @Override
    public double multiple() {
      return whole.multiple();
    }

    @Override
    public Expr rate() {
      return whole.rate();
    }

    @Override
    public Expr weights() {
      return whole.weights();
    }

    @Override
    public Expr gradient() {
      return kept(whole, whole.gradient());
    }

    @Override
    public Expr slot(String name) {
      return whole.slot(name);
    }
  }
}
