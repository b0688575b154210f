package dev.lora4j.core.train.optimizer;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Adam that remembers squared gradients of a matrix by the means of its rows and columns alone, and
 * can take its rate from the number of the step and the size of the weights (Shazeer and Stern
 * 2018, algorithms 4 to 6). Weights with more than two dimensions are matrices in their last two.
 *
 * @param squareEpsilon added to squared gradients
 * @param sizeEpsilon the least size that weights are taken to have
 * @param threshold the greatest root mean square of a weight's change, over the rate
 * @param decayPower how the decay of squares nears 1: it is 1 - step^decayPower; negative
 * @param beta1 decay of the mean of changes; 0 remembers none
 * @param weightDecay fraction of the weights taken away per step, times the rate
 * @param scaled whether the rate is multiplied by the root mean square of each weight
 * @param relative whether the rate is 1 / sqrt(step), at most 0.01, instead of the requested one
 * @param warmup whether that is at most 1e-6 times the number of the step instead of 0.01
 */
@Extension(
    point = Optimizer.class,
    name = "adafactor",
    help = "Adam that remembers rows and columns, and takes a rate of its own")
public record Adafactor(
    @Setting(name = "eps1", help = "Added to squared gradients", defaultValue = "1e-30", min = 0)
        double squareEpsilon,
    @Setting(
            name = "eps2",
            help = "Least size that weights are taken to have",
            defaultValue = "1e-3",
            min = 0)
        double sizeEpsilon,
    @Setting(
            name = "clip_threshold",
            help = "Greatest root mean square of a weight's change, over the rate",
            defaultValue = "1",
            above = 0)
        double threshold,
    @Setting(
            name = "decay_rate",
            help = "The decay of squares is 1 - step^this",
            defaultValue = "-0.8",
            below = 0)
        double decayPower,
    @Setting(
            help = "Decay of the mean of changes; 0 for none",
            defaultValue = "0",
            min = 0,
            below = 1)
        double beta1,
    @Setting(
            help = "Share of the weights taken away per step, times the rate",
            defaultValue = "0",
            min = 0)
        double weightDecay,
    @Setting(
            name = "scale_parameter",
            help = "Multiply the rate by the size of each weight",
            defaultValue = "true")
        boolean scaled,
    @Setting(
            name = "relative_step",
            help = "Take the rate from the number of the step",
            defaultValue = "true")
        boolean relative,
    @Setting(name = "warmup_init", help = "And let it rise slowly", defaultValue = "false")
        boolean warmup)
    implements Optimizer {
  /** The defaults of {@code transformers.optimization.Adafactor}. */
  public static final Adafactor DEFAULT =
      new Adafactor(1e-30, 1e-3, 1, -0.8, 0, 0, true, true, false);

  private static final String ROWS = "rows";
  private static final String COLUMNS = "columns";
  private static final String SQUARE = "square";
  private static final String MEAN = "mean";

  /** Checks that a warm-up has something to warm up. */
  public Adafactor {
    if (warmup && !relative) {
      throw new IllegalArgumentException(
          "Adafactor's own warm-up belongs to its relative rate; take warmup away, or relative on.");
    }
  }

  @Override
  public List<OptimizerSlot> memories() {
    List<OptimizerSlot> memories = new ArrayList<>();
    memories.add(new OptimizerSlot.Vector(ROWS, Adafactor::rows, false));
    memories.add(new OptimizerSlot.Vector(COLUMNS, Adafactor::columns, false));
    memories.add(new OptimizerSlot.Vector(SQUARE, s -> s.rank() < 2 ? s : Shape.of(0), false));
    if (beta1 > 0) {
      memories.add(OptimizerSlot.zeros(MEAN));
    }
    return List.copyOf(memories);
  }

  private static Shape rows(Shape shape) {
    int rank = shape.rank();
    return rank < 2 ? Shape.of(0) : Shape.of(Arrays.copyOf(shape.sizes(), rank - 1));
  }

  private static Shape columns(Shape shape) {
    if (shape.rank() < 2) {
      return Shape.of(0);
    }
    long[] sizes = Arrays.copyOf(shape.sizes(), shape.rank() - 1);
    sizes[sizes.length - 1] = shape.size(-1);
    return Shape.of(sizes);
  }

  @Override
  public void stage(Update update) {
    Expr decay = update.count().pow(decayPower).neg().add(1);
    Expr kept = decay.to(update.type());
    Expr added = decay.neg().add(1).to(update.type());
    for (Update.Whole part : update.weights()) {
      Expr weights = part.weights();
      Expr square = part.gradient().pow(2).add(squareEpsilon);
      Expr raw = part.gradient().mul(inverseRoot(update, part, square, kept, added));
      Expr excess = size(raw).div(threshold).clampMin(1);
      Expr rate = rate(update, part);
      Expr change = raw.div(excess).mul(rate);
      if (beta1 > 0) {
        Expr mean = part.slot(MEAN);
        change = mean.mul(beta1).add(change.mul(1 - beta1));
        update.replace(mean, change);
      }
      Expr shrunk = weightDecay == 0 ? weights : weights.mul(rate.mul(-weightDecay).add(1));
      update.replace(weights, shrunk.sub(change));
    }
  }

  /** One over the root of the stored squares, which it updates. */
  private static Expr inverseRoot(
      Update update, Update.Whole part, Expr square, Expr kept, Expr added) {
    if (square.shape().rank() < 2) {
      Expr all = part.slot(SQUARE);
      Expr next = all.mul(kept).add(square.mul(added));
      update.replace(all, next);
      return next.rsqrt();
    }
    Expr rows = part.slot(ROWS);
    Expr columns = part.slot(COLUMNS);
    Expr nextRows = rows.mul(kept).add(square.over(-1).mean().mul(added));
    Expr nextColumns = columns.mul(kept).add(square.over(-2).mean().mul(added));
    update.replace(rows, nextRows);
    update.replace(columns, nextColumns);
    Expr byRow = nextRows.div(nextRows.over(-1).keeping().mean()).rsqrt().unsqueeze(-1);
    return byRow.mul(nextColumns.rsqrt().unsqueeze(-2));
  }

  private Expr rate(Update update, Update.Whole part) {
    Expr count = update.count();
    Expr rate = part.rate();
    if (relative) {
      Expr most = warmup ? count.mul(1e-6) : update.graph().constant(1e-2, DType.F64);
      rate = most.minimum(count.rsqrt()).mul(part.multiple());
    }
    Expr typed = rate.to(update.type());
    return scaled ? typed.mul(size(part.weights()).clampMin(sizeEpsilon)) : typed;
  }

  /** Root mean square. */
  private static Expr size(Expr x) {
    return x.pow(2).mean().sqrt();
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("Adafactor")
        .with("squareEpsilon", squareEpsilon)
        .with("sizeEpsilon", sizeEpsilon)
        .with("threshold", threshold)
        .with("decayPower", decayPower)
        .with("beta1", beta1)
        .with("weightDecay", weightDecay)
        .with("scaled", scaled)
        .with("relative", relative)
        .with("warmup", warmup)
        .text();
  }
}
