package dev.lora4j.testkit;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.OutputMixer;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Mixers of outputs that break their contract, each in one way, and one that keeps it. */
final class BrokenOutputMixers {
  private BrokenOutputMixers() {}

  private static List<MixPlan> alone(MixPlan asked, boolean all) {
    List<MixPlan> plans =
        asked.parts().stream()
            .filter(p -> all || p.weight().value() != 0)
            .map(p -> asked.parts(List.of(p)))
            .toList();
    return plans.isEmpty() ? List.of(asked) : plans;
  }

  private static Expr mean(List<Expr> outputs) {
    return outputs.stream().reduce(Expr::add).orElseThrow().div(outputs.size());
  }

  /** The mean of what each gives alone. */
  interface Alone extends OutputMixer {
    @Override
    default List<MixPlan> plans(MixPlan asked) {
      return alone(asked, false);
    }

    @Override
    default Expr compose(List<Expr> outputs, Expr progress) {
      return mean(outputs);
    }
  }

  /** Keeps it. */
  @Extension(point = Mixer.class, name = "test-mean", help = "the mean")
  public record Mean() implements Alone {}

  /** Is another one each time. */
  @Extension(point = Mixer.class, name = "test-drifting", help = "more each time")
  public record Drifting() implements Alone {
    private static final AtomicInteger TIMES = new AtomicInteger();

    @Override
    public Expr compose(List<Expr> outputs, Expr progress) {
      return outputs.size() < 3 ? mean(outputs) : mean(outputs).add(TIMES.incrementAndGet());
    }
  }

  /** Changes what is alone. */
  @Extension(point = Mixer.class, name = "test-doubling", help = "twice the mean")
  public record Doubling() implements Alone {
    @Override
    public Expr compose(List<Expr> outputs, Expr progress) {
      return mean(outputs).mul(2);
    }
  }

  /** Counts those that do not count. */
  @Extension(point = Mixer.class, name = "test-crowded", help = "the mean, with the base")
  public record Crowded() implements Alone {
    @Override
    public List<MixPlan> plans(MixPlan asked) {
      return alone(asked, true);
    }
  }

  /** Prefers the first. */
  @Extension(point = Mixer.class, name = "test-favourite", help = "the first counts twice")
  public record Favourite() implements Alone {
    @Override
    public Expr compose(List<Expr> outputs, Expr progress) {
      int all = outputs.size();
      return mean(outputs).mul(all).add(outputs.get(0)).div(all + 1);
    }
  }

  /** Divides by what may be nothing. */
  @Extension(point = Mixer.class, name = "test-agreeing", help = "fails where all agree")
  public record Dividing() implements Alone {
    @Override
    public Expr compose(List<Expr> outputs, Expr progress) {
      if (outputs.size() == 1) {
        return outputs.get(0);
      }
      Expr apart = outputs.get(0).sub(outputs.get(1)).abs().sum();
      return mean(outputs).mul(apart.div(apart));
    }
  }

  /** Does not say why. */
  @Extension(point = Mixer.class, name = "test-mute", help = "has no words for regions")
  public record Mute() implements Alone {
    @Override
    public List<MixPlan> plans(MixPlan asked) {
      if (asked.regional()) {
        throw new IllegalArgumentException("");
      }
      return alone(asked, false);
    }
  }

  /** Has nothing to run for regions. */
  @Extension(point = Mixer.class, name = "test-idle", help = "runs nothing for regions")
  public record Idle() implements Alone {
    @Override
    public List<MixPlan> plans(MixPlan asked) {
      return asked.regional() ? List.of() : alone(asked, false);
    }
  }
}
