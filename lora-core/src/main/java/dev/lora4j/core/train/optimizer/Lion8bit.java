package dev.lora4j.core.train.optimizer;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Keyword;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.List;

/**
 * {@link Lion} with its mean in 8 bits, a quarter of the memory (Dettmers et al. 2022, "8-bit
 * Optimizers via Block-wise Quantization"). Weights of fewer than 4,096 elements have theirs in
 * full.
 *
 * @param beta1 share of the mean in the step's direction; the rest is the gradient
 * @param beta2 decay of the mean of gradients
 * @param weightDecay fraction of the weights taken away per step, times the learning rate
 */
@Extension(
    point = Optimizer.class,
    name = "lion8bit",
    help = "Steps of one size by the signs of a mean of gradients in 8 bits")
public record Lion8bit(
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
  /** The defaults of {@code bitsandbytes.optim.Lion8bit}. */
  public static final Lion8bit DEFAULT = new Lion8bit(0.9, 0.99, 0);

  private static final EightBitVector MEAN = new EightBitVector("mean", true);

  @Override
  public List<OptimizerSlot> memories() {
    return MEAN.slots();
  }

  @Override
  public void stage(Update update) {
    StagedCodes codes = StagedCodes.of(update.graph(), update.type(), MEAN.book());
    for (Update.Whole weight : update.weights()) {
      EightBitPart.small(update, weight, MEAN)
          .ifPresent(
              part -> {
                Expr mean = part.numbers(MEAN);
                step(update, part, mean, part.gradient());
                update.replace(mean, next(mean.mul(beta2), part.gradient()));
              });
      EightBitPart.large(update, weight, MEAN)
          .ifPresent(
              part -> {
                Expr mean = part.numbers(MEAN, codes);
                step(update, part, part.unfilled(mean), part.unfilled(part.gradient()));
                Expr kept = StagedCodes.inPlace("mul_", mean, beta2);
                part.replace(MEAN, codes, next(kept, part.gradient()));
              });
    }
  }

  /** The operations of bitsandbytes in their order. */
  private void step(Update update, EightBitPart part, Expr mean, Expr gradient) {
    Expr direction = mean.mul(beta1).add(gradient.mul(1 - beta1)).sign();
    Expr weights = part.weights();
    Expr shrunk =
        weightDecay == 0
            ? weights
            : weights.mul(part.rate().mul(-weightDecay).add(1).to(update.type()));
    update.replace(weights, shrunk.sub(direction.mul(part.rate().to(update.type()))));
  }

  private Expr next(Expr kept, Expr gradient) {
    return StagedCodes.inPlace("add_", kept, gradient, Keyword.of("alpha", 1 - beta2));
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("Lion8bit")
        .with("beta1", beta1)
        .with("beta2", beta2)
        .with("weightDecay", weightDecay)
        .text();
  }
}
