package dev.lora4j.core.train.optimizer;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Keyword;
import dev.lora4j.core.train.optimizer.Settings.Range;
import java.util.List;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019), by libtorch's fused kernel.
 *
 * @param beta1 decay of the mean of gradients
 * @param beta2 decay of the mean of their squares
 * @param epsilon added to the root of the latter
 * @param weightDecay fraction of the weights taken away per step, times the learning rate
 */
public record AdamW(double beta1, double beta2, double epsilon, double weightDecay)
    implements Optimizer {
  /** The defaults of {@code torch.optim.AdamW}. */
  public static final AdamW DEFAULT = new AdamW(0.9, 0.999, 1e-8, 0.01);

  private static final String MEAN = "mean";
  private static final String SQUARE = "square";

  /** With settings by the names of {@code torch.optim.AdamW}. */
  static Optimizer of(Settings settings) {
    return new AdamW(
        settings.number("beta1", Range.DECAY, DEFAULT.beta1),
        settings.number("beta2", Range.DECAY, DEFAULT.beta2),
        settings.number("eps", Range.AMOUNT, DEFAULT.epsilon),
        settings.number("weight_decay", Range.AMOUNT, DEFAULT.weightDecay));
  }

  @Override
  public String name() {
    return "adamw";
  }

  @Override
  public List<Memory> memories() {
    return List.of(Memory.zeros(MEAN), Memory.zeros(SQUARE));
  }

  @Override
  public void stage(Update update) {
    Expr skipped = update.taken().not().to(DType.F32);
    Expr count = update.count().to(DType.F32);
    for (Update.Part run : update.runs()) {
      update
          .graph()
          .effect(
              "_fused_adamw_",
              List.of(run.weights()),
              List.of(run.gradient()),
              List.of(run.memory(MEAN)),
              List.of(run.memory(SQUARE)),
              new Expr[0],
              List.of(count),
              Keyword.of("lr", run.rate().to(update.type())),
              Keyword.of("beta1", beta1),
              Keyword.of("beta2", beta2),
              Keyword.of("weight_decay", weightDecay),
              Keyword.of("eps", epsilon),
              Keyword.of("amsgrad", false),
              Keyword.of("maximize", false),
              Keyword.of("found_inf", skipped));
    }
  }
}
