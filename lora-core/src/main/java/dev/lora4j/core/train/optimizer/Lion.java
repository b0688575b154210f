package dev.lora4j.core.train.optimizer;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.List;

/**
 * Steps of one size in the direction of the signs of a mean of gradients (Chen et al. 2023,
 * "Symbolic Discovery of Optimization Algorithms", algorithm 2). Wants a rate three to ten times
 * below Adam's.
 *
 * @param beta1 share of the mean in the step's direction; the rest is the gradient
 * @param beta2 decay of the mean of gradients
 * @param weightDecay fraction of the weights taken away per step, times the learning rate
 */
@Extension(
    point = Optimizer.class,
    name = "lion",
    help = "Steps of one size by the signs of a mean of gradients")
public record Lion(
    @Setting(
            help = "Share of the mean in the direction of a step",
            defaultValue = "0.9",
            min = 0,
            below = 1)
        double beta1,
    @Setting(help = "Decay of the mean of gradients", defaultValue = "0.99", min = 0, below = 1)
        double beta2,
    @Setting(
            help = "Share of the weights taken away per step, times the rate",
            defaultValue = "0",
            min = 0)
        double weightDecay)
    implements Optimizer {
  /** The defaults of {@code lion-pytorch}. */
  public static final Lion DEFAULT = new Lion(0.9, 0.99, 0);

  private static final String MEAN = "mean";

  @Override
  public List<OptimizerSlot> memories() {
    return List.of(OptimizerSlot.zeros(MEAN));
  }

  @Override
  public void stage(Update update) {
    for (Update.Part run : update.runs()) {
      Expr rate = run.rate().to(update.type());
      Expr gradient = run.gradient();
      Expr mean = run.slot(MEAN);
      Expr change = gradient.lerp(mean, beta1).sign().mul(rate);
      Expr weights = run.weights();
      // Each vector in between costs as much as the arithmetic, so none is made for nothing.
      Expr shrunk = weightDecay == 0 ? weights : weights.mul(rate.mul(-weightDecay).add(1));
      update.replace(weights, shrunk.sub(change));
      update.replace(mean, gradient.lerp(mean, beta2));
    }
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("Lion")
        .with("beta1", beta1)
        .with("beta2", beta2)
        .with("weightDecay", weightDecay)
        .text();
  }
}
