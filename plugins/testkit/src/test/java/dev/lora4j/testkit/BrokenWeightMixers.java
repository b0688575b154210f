package dev.lora4j.testkit;

import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.mixer.AdapterDeltas;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.WeightMixer;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** Mixers of weights that break their contract, each in one way, and one that keeps it. */
final class BrokenWeightMixers {
  private BrokenWeightMixers() {}

  private static MixPlan each(MixPlan asked, UnaryOperator<Weight> weights) {
    List<MixPlan.Part> parts = new ArrayList<>();
    asked.parts().forEach(p -> parts.add(p.text(p.textWeight()).weight(weights.apply(p.weight()))));
    return asked.parts(parts);
  }

  private static MixPlan times(MixPlan asked, double factor) {
    return each(asked, w -> w.valued(w.value() * factor));
  }

  /** Keeps it. */
  @Extension(point = Mixer.class, name = "test-scaled", help = "all weights times a number")
  public record Scaled(@Setting(help = "the number", defaultValue = "1") double by)
      implements WeightMixer {
    @Override
    public MixPlan plan(MixPlan asked, int steps, SiteCatalogue sites, AdapterDeltas changes) {
      return times(asked, by);
    }
  }

  /** Remembers how often it was asked. */
  @Extension(point = Mixer.class, name = "test-tired", help = "less each time")
  public record Tired() implements WeightMixer {
    private static final AtomicInteger TIMES = new AtomicInteger();

    @Override
    public MixPlan plan(MixPlan asked, int steps, SiteCatalogue sites, AdapterDeltas changes) {
      return asked.parts().size() < 3 || asked.parts().get(2).weight().value() == 0
          ? asked
          : times(asked, 1.0 / TIMES.incrementAndGet());
    }
  }

  /** Changes an adapter that is alone. */
  @Extension(point = Mixer.class, name = "test-eager", help = "one alone counts twice")
  public record Eager() implements WeightMixer {
    @Override
    public MixPlan plan(MixPlan asked, int steps, SiteCatalogue sites, AdapterDeltas changes) {
      return asked.parts().size() == 1 ? times(asked, 2) : asked;
    }
  }

  /** Gives those a weight that have none. */
  @Extension(point = Mixer.class, name = "test-reviving", help = "nobody has weight 0")
  public record Reviving() implements WeightMixer {
    @Override
    public MixPlan plan(MixPlan asked, int steps, SiteCatalogue sites, AdapterDeltas changes) {
      return each(asked, w -> w.value() == 0 ? Weight.of(0.1) : w);
    }
  }

  /** Shares out by how many there are, also those that do not count. */
  @Extension(point = Mixer.class, name = "test-sharing", help = "the mean of all")
  public record Counting() implements WeightMixer {
    @Override
    public MixPlan plan(MixPlan asked, int steps, SiteCatalogue sites, AdapterDeltas changes) {
      return times(asked, 1.0 / asked.parts().size());
    }
  }

  /** Has no table for a picture of one step. */
  @Extension(point = Mixer.class, name = "test-hasty", help = "a table without the last step")
  public record Hasty() implements WeightMixer {
    @Override
    public MixPlan plan(MixPlan asked, int steps, SiteCatalogue sites, AdapterDeltas changes) {
      return asked.parts().size() == 1
          ? asked
          : each(asked, w -> Weight.table(Collections.nCopies(steps - 1, w.value())));
    }
  }

  /** Does not say why. */
  @Extension(point = Mixer.class, name = "test-speechless", help = "has no words for regions")
  public record Speechless() implements WeightMixer {
    @Override
    public MixPlan plan(MixPlan asked, int steps, SiteCatalogue sites, AdapterDeltas changes) {
      if (asked.regional()) {
        throw new IllegalArgumentException("no");
      }
      return asked;
    }
  }

  /** Takes for granted that there are two. */
  @Extension(point = Mixer.class, name = "test-pair", help = "swaps the first two regions")
  public record Pair() implements WeightMixer {
    @Override
    public MixPlan plan(MixPlan asked, int steps, SiteCatalogue sites, AdapterDeltas changes) {
      if (!asked.regional()) {
        return asked;
      }
      List<MixPlan.Part> parts = new ArrayList<>(asked.parts());
      Collections.swap(parts, 0, 1);
      return asked.parts(parts);
    }
  }

  /** Is another one when it is made again. */
  @Extension(point = Mixer.class, name = "test-growing", help = "grows each time")
  public record Growing(@Setting(help = "size", defaultValue = "1") int size)
      implements WeightMixer {
    /** One more. */
    public Growing {
      size++;
    }

    @Override
    public MixPlan plan(MixPlan asked, int steps, SiteCatalogue sites, AdapterDeltas changes) {
      return asked;
    }
  }
}
