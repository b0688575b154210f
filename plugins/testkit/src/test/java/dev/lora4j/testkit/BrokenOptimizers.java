package dev.lora4j.testkit;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.core.train.optimizer.OptimizerSlot;
import dev.lora4j.core.train.optimizer.Update;
import dev.lora4j.spi.Extension;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Optimisers that break their contract, each in one way, and one that keeps it. */
final class BrokenOptimizers {
  private static final String MEAN = "mean";

  private BrokenOptimizers() {}

  /** Keeps it: gradient descent with momentum. */
  @Extension(point = Optimizer.class, name = "test-momentum", help = "momentum of 0.9")
  public record Momentum() implements Optimizer {
    @Override
    public List<OptimizerSlot> memories() {
      return List.of(OptimizerSlot.zeros(MEAN));
    }

    @Override
    public void stage(Update update) {
      for (Update.Part run : update.runs()) {
        Expr mean = run.slot(MEAN).mul(0.9).add(run.gradient());
        update.replace(run.weights(), run.weights().sub(mean.mul(run.rate().to(update.type()))));
        update.replace(run.slot(MEAN), mean);
      }
    }
  }

  /** Takes steps that are not to be taken. */
  @Extension(point = Optimizer.class, name = "test-reckless", help = "always goes on")
  public record Reckless() implements Optimizer {
    @Override
    public List<OptimizerSlot> memories() {
      return List.of();
    }

    @Override
    public void stage(Update update) {
      for (Update.Part run : update.runs()) {
        Expr step = run.gradient().mul(run.rate().to(update.type()));
        Expr always = update.count().ge(0);
        update.replace(run.weights(), run.weights().sub(step), always);
      }
    }
  }

  /** Goes up. */
  @Extension(point = Optimizer.class, name = "test-upwards", help = "makes the loss greater")
  public record Upwards() implements Optimizer {
    @Override
    public List<OptimizerSlot> memories() {
      return List.of();
    }

    @Override
    public void stage(Update update) {
      for (Update.Part run : update.runs()) {
        Expr step = run.gradient().mul(run.rate().to(update.type()));
        update.replace(run.weights(), run.weights().add(step));
      }
    }
  }

  /** Remembers in itself what no checkpoint has. */
  @Extension(point = Optimizer.class, name = "test-forgetful", help = "is another each time")
  public record Forgetful() implements Optimizer {
    private static final AtomicInteger TIMES = new AtomicInteger();

    @Override
    public List<OptimizerSlot> memories() {
      return List.of();
    }

    @Override
    public void stage(Update update) {
      double mood = 1 + 1e-3 * TIMES.incrementAndGet();
      for (Update.Part run : update.runs()) {
        Expr step = run.gradient().mul(run.rate().to(update.type())).mul(mood);
        update.replace(run.weights(), run.weights().sub(step));
      }
    }
  }

  /** Has two memories of one name. */
  @Extension(point = Optimizer.class, name = "test-confused", help = "mixes its memories up")
  public record Confused() implements Optimizer {
    @Override
    public List<OptimizerSlot> memories() {
      return List.of(OptimizerSlot.zeros(MEAN), OptimizerSlot.zeros(MEAN));
    }

    @Override
    public void stage(Update update) {
      new Momentum().stage(update);
    }
  }
}
