package dev.lora4j.core.train.optimizer;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Keyword;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.List;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019), by libtorch's fused kernel.
 *
 * @param beta1 decay of the mean of gradients
 * @param beta2 decay of the mean of their squares
 * @param epsilon added to the root of the latter
 * @param weightDecay fraction of the weights taken away per step, times the learning rate
 */
@Extension(point = Optimizer.class, name = "adamw", help = "Adam with decoupled weight decay")
public record AdamW(
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
  /** The defaults of {@code torch.optim.AdamW}. */
  public static final AdamW DEFAULT = new AdamW(0.9, 0.999, 1e-8, 0.01);

  private static final String MEAN = "mean";
  private static final String SQUARE = "square";

  @Override
  public List<OptimizerSlot> memories() {
    return List.of(OptimizerSlot.zeros(MEAN), OptimizerSlot.zeros(SQUARE));
  }

  @Override
  public void stage(Update update) {
    Expr skipped = update.taken().not().to(DType.F32);
    Expr count = update.count().to(DType.F32);
    for (Update.Part run : update.runs()) {
      Moved moved =
          new Moved(run.weights(), run.gradient(), run.slot(MEAN), run.slot(SQUARE), run.rate());
      stage(update, moved, count, skipped);
    }
  }

  /** Tensors of one shape that a step changes, and those that it changes them by. */
  record Moved(Expr weights, Expr gradient, Expr mean, Expr square, Expr rate) {}

  /**
   * Stages the kernel.
   *
   * @param count number of the step, F32
   * @param skipped 1 if the step is not taken, else 0, F32
   */
  void stage(Update update, Moved moved, Expr count, Expr skipped) {
    update
        .graph()
        .effect(
            "_fused_adamw_",
            List.of(moved.weights()),
            List.of(moved.gradient()),
            List.of(moved.mean()),
            List.of(moved.square()),
            new Expr[0],
            List.of(count),
            Keyword.of("lr", moved.rate().to(update.type())),
            Keyword.of("beta1", beta1),
            Keyword.of("beta2", beta2),
            Keyword.of("weight_decay", weightDecay),
            Keyword.of("eps", epsilon),
            Keyword.of("amsgrad", false),
            Keyword.of("maximize", false),
            Keyword.of("found_inf", skipped));
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("AdamW")
        .with("beta1", beta1)
        .with("beta2", beta2)
        .with("epsilon", epsilon)
        .with("weightDecay", weightDecay)
        .text();
  }
}
