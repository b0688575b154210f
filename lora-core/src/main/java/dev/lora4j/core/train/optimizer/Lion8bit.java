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
    EightBitSlots.eachBatch(
        update,
        MEAN,
        (slots, weights) -> {
          EightBitBatch batch = EightBitBatch.small(update, MEAN, slots, weights);
          Expr mean = batch.numbers(MEAN);
          step(update, batch, mean);
          update.replace(mean, next(mean.mul(beta2), batch.gradient()));
        },
        (slots, weights) -> {
          EightBitBatch batch = EightBitBatch.large(update, MEAN, slots, weights);
          EightBitBatch.Coded means = batch.numbers(MEAN, codes);
          step(update, batch, means.numbers());
          Expr kept = StagedCodes.inPlace("mul_", means.numbers(), beta2);
          means.become(update, next(kept, batch.gradient()));
        });
  }

  /** The operations of bitsandbytes in their order. */
  private void step(Update update, EightBitBatch batch, Expr mean) {
    Expr direction = mean.mul(beta1).add(batch.gradient().mul(1 - beta1)).sign();
    batch.change(weightDecay, direction.mul(batch.rate().to(update.type())).neg());
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
