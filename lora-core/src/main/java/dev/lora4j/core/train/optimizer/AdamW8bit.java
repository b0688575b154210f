package dev.lora4j.core.train.optimizer;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Keyword;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.List;
import java.util.stream.Stream;

/**
 * {@link AdamW} with both means in 8 bits, a quarter of the memory (Dettmers et al. 2022, "8-bit
 * Optimizers via Block-wise Quantization"). Weights of fewer than 4,096 elements have theirs in
 * full.
 *
 * @param beta1 decay of the mean of gradients
 * @param beta2 decay of the mean of their squares
 * @param epsilon added to the root of the latter
 * @param weightDecay fraction of the weights taken away per step, times the learning rate
 */
@Extension(
    point = Optimizer.class,
    name = "adamw8bit",
    help = "Adam with decoupled weight decay, its means in 8 bits")
public record AdamW8bit(
    @Setting(help = "Decay of the mean of gradients", defaultValue = "0.9", min = 0, below = 1)
        double beta1,
    @Setting(
            help = "Decay of the mean of squared gradients",
            defaultValue = "0.999",
            min = 0,
            below = 1)
        double beta2,
    @Setting(
            name = "eps",
            help = "Added to the root of the squares",
            defaultValue = "1e-8",
            min = 0)
        double epsilon,
    @Setting(
            help = "Share of the weights taken away per step, times the rate",
            defaultValue = "0.01",
            min = 0)
        double weightDecay)
    implements Optimizer {
  /** The defaults of {@code bitsandbytes.optim.AdamW8bit}. */
  public static final AdamW8bit DEFAULT = new AdamW8bit(0.9, 0.999, 1e-8, 0.01);

  private static final EightBitVector MEAN = new EightBitVector("mean", true);
  private static final EightBitVector SQUARE = new EightBitVector("square", false);

  @Override
  public List<OptimizerSlot> memories() {
    return Stream.of(MEAN, SQUARE).flatMap(vector -> vector.slots().stream()).toList();
  }

  @Override
  public void stage(Update update) {
    AdamW full = new AdamW(beta1, beta2, epsilon, weightDecay);
    Expr skipped = update.taken().not().to(DType.F32);
    Expr count = update.count().to(DType.F32);
    Steps steps = Steps.of(update, this);
    EightBitSlots.eachBatch(
        update,
        MEAN,
        (slots, weights) -> {
          EightBitBatch batch = EightBitBatch.small(update, MEAN, slots, weights);
          Expr joined = batch.weights();
          Expr mean = batch.numbers(MEAN);
          Expr square = batch.numbers(SQUARE);
          full.stage(
              update,
              new AdamW.Moved(joined, batch.gradient(), mean, square, batch.rate()),
              count,
              skipped);
          batch.become(joined);
        },
        (slots, weights) ->
            stage(update, EightBitBatch.large(update, MEAN, slots, weights), steps));
  }

  /** Values of a step that all weights have in common. */
  private record Steps(
      StagedCodes means, StagedCodes squares, Expr correction, Expr rootOfCorrection) {
    static Steps of(Update update, AdamW8bit of) {
      Expr root = Powers.of(of.beta2, update.count()).neg().add(1).sqrt();
      return new Steps(
          StagedCodes.of(update.graph(), update.type(), MEAN.book()),
          StagedCodes.of(update.graph(), update.type(), SQUARE.book()),
          Powers.of(of.beta1, update.count()).neg().add(1),
          root.to(update.type()));
    }
  }

  /** The operations of bitsandbytes in their order, most of them in place to spare memory. */
  private void stage(Update update, EightBitBatch batch, Steps steps) {
    Expr gradient = batch.gradient();
    EightBitBatch.Coded means = batch.numbers(MEAN, steps.means());
    EightBitBatch.Coded squares = batch.numbers(SQUARE, steps.squares());
    Expr mean = StagedCodes.inPlace("mul_", means.numbers(), beta1);
    mean = StagedCodes.inPlace("add_", mean, gradient, Keyword.of("alpha", 1 - beta1));
    Expr square = StagedCodes.inPlace("mul_", squares.numbers(), beta2);
    square =
        StagedCodes.inPlace("addcmul_", square, gradient, gradient, Keyword.of("value", 1 - beta2));
    Expr root = StagedCodes.inPlace("div_", square.sqrt(), steps.rootOfCorrection());
    Expr divisor = StagedCodes.inPlace("add_", root, epsilon);
    Expr step = batch.rate().neg().div(steps.correction()).to(update.type());
    batch.change(weightDecay, StagedCodes.inPlace("div_", mean.mul(step), divisor));
    means.become(update, mean);
    squares.become(update, square);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("AdamW8bit")
        .with("beta1", beta1)
        .with("beta2", beta2)
        .with("epsilon", epsilon)
        .with("weightDecay", weightDecay)
        .text();
  }
}
