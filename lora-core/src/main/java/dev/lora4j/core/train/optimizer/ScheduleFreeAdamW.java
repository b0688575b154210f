package dev.lora4j.core.train.optimizer;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.List;
import java.util.function.Function;

/**
 * AdamW without a schedule (Defazio et al. 2024, "The Road Less Scheduled"): gradients are taken at
 * y, a point between the fast weights z and their running average x; x is evaluated and saved. The
 * rate is constant, after a warm-up; a schedule that falls is not needed.
 *
 * @param beta1 how far y lies towards x, above 0
 * @param beta2 decay of the mean of squared gradients
 * @param epsilon added to the root of that mean
 * @param weightDecay fraction of y taken away per step, times the learning rate
 * @param warmup steps over which the rate rises to the requested one; 0 for none
 * @param power a step's share in the average grows with its number to this power
 * @param ratePower and with the greatest rate so far to this
 */
@Extension(
    point = Optimizer.class,
    name = "schedule_free_adamw",
    help = "AdamW that averages instead of a schedule")
public record ScheduleFreeAdamW(
    @Setting(
            help = "How far gradients are taken from the fast weights towards the average",
            defaultValue = "0.9",
            above = 0,
            below = 1)
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
            defaultValue = "0",
            min = 0)
        double weightDecay,
    @Setting(
            name = "warmup_steps",
            help = "Steps over which the rate rises",
            defaultValue = "0",
            min = 0)
        double warmup,
    @Setting(
            name = "r",
            help = "A step's share in the average grows with its number to this power",
            defaultValue = "0",
            min = 0)
        double power,
    @Setting(
            name = "weight_lr_power",
            help = "And with the greatest rate so far to this",
            defaultValue = "2",
            min = 0)
        double ratePower)
    implements Optimizer {
  /** The defaults of {@code schedulefree.AdamWScheduleFree}; its rate is 0.0025. */
  public static final ScheduleFreeAdamW DEFAULT =
      new ScheduleFreeAdamW(0.9, 0.999, 1e-8, 0, 0, 0, 2);

  private static final String FAST = "fast";
  private static final String SQUARE = "square";
  private static final String GREATEST_RATE = "greatest_rate";
  private static final String SHARES = "sum_of_shares";

  /** Checks that {@code beta1} is between 0 and 1. */
  public ScheduleFreeAdamW {
    if (!(beta1 > 0 && beta1 < 1)) {
      throw new IllegalArgumentException(
          "schedule-free training needs a beta1 between 0 and 1, found " + beta1);
    }
  }

  @Override
  public List<OptimizerSlot> memories() {
    return List.of(
        OptimizerSlot.copyOfWeights(FAST),
        OptimizerSlot.zeros(SQUARE),
        new OptimizerSlot.Scalar(GREATEST_RATE, -1),
        new OptimizerSlot.Scalar(SHARES, 0));
  }

  @Override
  public boolean evaluatesElsewhere() {
    return true;
  }

  /** x, from y = (1 - beta1) z + beta1 x. */
  @Override
  public Expr evaluation(Expr weights, Function<String, Expr> memories) {
    return weights.lerp(memories.apply(FAST), 1 - 1 / beta1);
  }

  @Override
  public void stage(Update update) {
    Expr count = update.count();
    Expr risen =
        warmup > 0 ? count.div(warmup).clampMax(1) : update.graph().constant(1, count.dtype());
    Expr asked = update.rate().mul(risen);
    Expr greatest = asked.maximum(update.scalar(GREATEST_RATE));
    Expr share = count.pow(power).mul(greatest.pow(ratePower));
    Expr shares = update.scalar(SHARES).add(share);
    // No step has had a rate above 0 yet where the sum is 0, and none has a share then.
    Expr part = share.div(shares).maskedFill(shares.eq(0), 0);
    Expr correction = Powers.of(beta2, count).neg().add(1).to(update.type());
    for (Update.Part run : update.runs()) {
      Expr rate = run.rate().mul(risen);
      Expr y = run.weights();
      Expr z = run.slot(FAST);
      Expr gradient = run.gradient();
      Expr square = run.slot(SQUARE);
      Expr newSquare = square.mul(beta2).add(gradient.mul(gradient).mul(1 - beta2));
      Expr direction = gradient.div(newSquare.div(correction).sqrt().add(epsilon));
      if (weightDecay != 0) {
        direction = direction.add(y.mul(weightDecay));
      }
      Expr way = part.neg().add(1).mul(beta1).sub(1).mul(rate).to(update.type());
      update.replace(y, y.lerp(z, part.to(update.type())).add(direction.mul(way)));
      update.replace(z, z.sub(direction.mul(rate.to(update.type()))));
      update.replace(square, newSquare);
    }
    update.replace(update.scalar(GREATEST_RATE), greatest);
    update.replace(update.scalar(SHARES), shares);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("ScheduleFreeAdamW")
        .with("beta1", beta1)
        .with("beta2", beta2)
        .with("epsilon", epsilon)
        .with("weightDecay", weightDecay)
        .with("warmup", warmup)
        .with("power", power)
        .with("ratePower", ratePower)
        .text();
  }
}
