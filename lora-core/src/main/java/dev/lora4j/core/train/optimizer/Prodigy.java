package dev.lora4j.core.train.optimizer;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.ArrayList;
import java.util.List;

/**
 * Adam that estimates its rate: an estimate d of the distance to the solution multiplies the
 * requested rate; that is then 1, or a schedule of 1 (Mishchenko and Defazio 2023, "Prodigy: An
 * Expeditiously Adaptive Parameter-Free Learner", algorithm 4).
 *
 * @param beta1 decay of the mean of gradients, above 0
 * @param beta2 decay of the mean of their squares
 * @param beta3 decay of what d is estimated from; 0 for the root of beta2
 * @param epsilon added to the root of the squares, times d
 * @param weightDecay fraction of the weights taken away per step, times the rate
 * @param biasCorrection whether to correct for means that begin at 0
 * @param safeguardWarmup whether to keep rates of a warm-up out of the estimate's denominator
 * @param d0 the first estimate
 * @param dCoefficient what estimates are multiplied by: the wheel to turn for faster or slower
 * @param growth the most that d may be multiplied by in a step
 */
@Extension(
    point = Optimizer.class,
    name = "prodigy",
    help = "Adam that estimates its rate; ask for a rate of 1")
public record Prodigy(
    @Setting(help = "Decay of the mean of gradients", defaultValue = "0.9", min = 0, below = 1)
        double beta1,
    @Setting(
            help = "Decay of the mean of squared gradients",
            defaultValue = "0.999",
            min = 0,
            below = 1)
        double beta2,
    @Setting(
            help = "Decay of what the rate is estimated from; 0 for the root of beta2",
            defaultValue = "0",
            min = 0,
            below = 1)
        double beta3,
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
            name = "use_bias_correction",
            help = "Correct for means that begin at 0",
            defaultValue = "false")
        boolean biasCorrection,
    @Setting(help = "Keep rates of a warm-up out of the estimate", defaultValue = "false")
        boolean safeguardWarmup,
    @Setting(help = "First estimate", defaultValue = "1e-6", above = 0) double d0,
    @Setting(
            name = "d_coef",
            help = "What estimates are multiplied by",
            defaultValue = "1",
            above = 0)
        double dCoefficient,
    @Setting(
            name = "growth_rate",
            help = "Most that the estimate may grow by in a step",
            defaultValue = "inf",
            min = 1)
        double growth)
    implements Optimizer {
  /** The defaults of {@code prodigyopt.Prodigy}. */
  public static final Prodigy DEFAULT =
      new Prodigy(0.9, 0.999, 0, 1e-8, 0, false, false, 1e-6, 1, Double.POSITIVE_INFINITY);

  private static final String MEAN = "mean";
  private static final String SQUARE = "square";
  private static final String FIRST = "first_weights";
  private static final String PULL = "pull";
  private static final String D = "d";
  private static final String GREATEST_D = "greatest_d";
  private static final String NUMERATOR = "numerator";
  private static final String MOVES = "moves";

  @Override
  public List<OptimizerSlot> memories() {
    return List.of(
        OptimizerSlot.zeros(MEAN),
        OptimizerSlot.zeros(SQUARE),
        OptimizerSlot.copyOfWeights(FIRST),
        OptimizerSlot.zeros(PULL),
        new OptimizerSlot.Scalar(D, d0),
        new OptimizerSlot.Scalar(GREATEST_D, d0),
        new OptimizerSlot.Scalar(NUMERATOR, 0),
        new OptimizerSlot.Scalar(MOVES, 0));
  }

  @Override
  public boolean takesSeveralRates() {
    return false;
  }

  private double estimateDecay() {
    return beta3 == 0 ? Math.sqrt(beta2) : beta3;
  }

  /** New values for some weights, which are written once d is known. */
  private record Learned(Update.Part run, Expr mean, Expr square, Expr pull) {}

  @Override
  public void stage(Update update) {
    Expr d = update.scalar(D);
    Expr rate = d.mul(update.rate()).mul(correction(update.scalar(MOVES).add(1)));
    Expr relative = d.div(d0);
    Expr numerator = update.scalar(NUMERATOR).mul(estimateDecay());
    Expr denominator = update.graph().constant(0, d.dtype());
    List<Learned> all = new ArrayList<>();
    for (Update.Part run : update.runs()) {
      Expr gradient = run.gradient();
      Expr way = run.slot(FIRST).sub(run.weights());
      Expr along = gradient.mul(way).sum().to(d.dtype());
      numerator = numerator.add(relative.mul(rate).mul(along));
      Expr force = relative.mul(safeguardWarmup ? d : rate).to(update.type());
      Expr pull = run.slot(PULL).mul(estimateDecay()).add(gradient.mul(force));
      denominator = denominator.add(pull.abs().sum().to(d.dtype()));
      Expr meanShare = d.mul(1 - beta1).to(update.type());
      Expr squareShare = d.mul(d).mul(1 - beta2).to(update.type());
      Expr mean = run.slot(MEAN).mul(beta1).add(gradient.mul(meanShare));
      Expr square = run.slot(SQUARE).mul(beta2).add(gradient.mul(gradient).mul(squareShare));
      all.add(new Learned(run, mean, square, pull));
    }
    // At a rate of 0 nothing is learned, and without any gradient yet nothing moves.
    Expr learning = update.taken().and(update.rate().gt(0));
    Expr moving = learning.and(denominator.gt(0));
    Expr nextD = estimate(update, d, numerator.div(denominator).mul(dCoefficient), moving);
    for (Learned learned : all) {
      move(update, learned, rate, nextD, moving);
      update.replace(learned.run().slot(MEAN), learned.mean(), learning);
      update.replace(learned.run().slot(SQUARE), learned.square(), learning);
      update.replace(learned.run().slot(PULL), learned.pull(), learning);
    }
    update.replace(update.scalar(NUMERATOR), numerator, moving);
    update.replace(update.scalar(MOVES), update.scalar(MOVES).add(1), moving);
    update.replace(d, nextD, moving);
  }

  private Expr correction(Expr move) {
    if (!biasCorrection) {
      return move.graph().constant(1, move.dtype());
    }
    Expr square = Powers.of(beta2, move).neg().add(1).sqrt();
    return square.div(Powers.of(beta1, move).neg().add(1));
  }

  private Expr estimate(Update update, Expr d, Expr estimated, Expr moving) {
    Expr greatest = update.scalar(GREATEST_D);
    Expr begun = d.maximum(estimated).where(d.eq(d0), d);
    Expr newGreatest = greatest.maximum(estimated);
    update.replace(greatest, newGreatest, moving);
    return newGreatest.minimum(begun.mul(growth));
  }

  private void move(Update update, Learned learned, Expr rate, Expr nextD, Expr moving) {
    Expr weights = learned.run().weights();
    Expr small = nextD.mul(epsilon).to(update.type());
    Expr step = learned.mean().div(learned.square().sqrt().add(small));
    Expr kept = rate.mul(-weightDecay).add(1).to(update.type());
    Expr shrunk = weightDecay == 0 ? weights : weights.mul(kept);
    update.replace(weights, shrunk.sub(step.mul(rate.to(update.type()))), moving);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("Prodigy")
        .with("beta1", beta1)
        .with("beta2", beta2)
        .with("beta3", beta3)
        .with("epsilon", epsilon)
        .with("weightDecay", weightDecay)
        .with("biasCorrection", biasCorrection)
        .with("safeguardWarmup", safeguardWarmup)
        .with("d0", d0)
        .with("dCoefficient", dCoefficient)
        .with("growth", growth)
        .text();
  }
}
