package dev.lora4j.testkit;

import dev.lora4j.core.mixer.DeltaMixer;
import dev.lora4j.core.mixer.MixedDelta;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.SiteDelta;
import dev.lora4j.core.mixer.SiteDeltas;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import java.util.concurrent.atomic.AtomicInteger;

/** Mixers that break their contract, each in one way, and one that keeps it. */
final class BrokenMixers {
  private BrokenMixers() {}

  private static Expr sum(SiteDeltas deltas) {
    return deltas.parts().stream().map(SiteDelta::weighted).reduce(Expr::add).orElseThrow();
  }

  /** Keeps it: the sum. */
  @Extension(point = Mixer.class, name = "test-sum", help = "adds up")
  public record Sum() implements DeltaMixer {
    @Override
    public MixedDelta mix(SiteDeltas deltas) {
      return new MixedDelta.Dense(sum(deltas));
    }
  }

  /** Loses a part even where there is nothing to blend. */
  @Extension(point = Mixer.class, name = "test-halving", help = "halves the sum")
  public record Halving() implements DeltaMixer {
    @Override
    public MixedDelta mix(SiteDeltas deltas) {
      return new MixedDelta.Dense(sum(deltas).mul(0.5));
    }
  }

  /** Takes the first alone. */
  @Extension(point = Mixer.class, name = "test-first", help = "takes the first")
  public record First() implements DeltaMixer {
    @Override
    public MixedDelta mix(SiteDeltas deltas) {
      return new MixedDelta.Dense(deltas.parts().get(0).weighted());
    }
  }

  /** Divides by what may be nothing. */
  @Extension(point = Mixer.class, name = "test-dividing", help = "divides by 0")
  public record Dividing() implements DeltaMixer {
    @Override
    public MixedDelta mix(SiteDeltas deltas) {
      // Nothing is missing in a mix of one, and everything where only one changes a layer.
      int missing = deltas.adapters() - deltas.parts().size();
      return new MixedDelta.Dense(missing == 0 ? sum(deltas) : sum(deltas).div(0));
    }
  }

  /** Says that a row needs no other, and takes away what all have in common. */
  @Extension(point = Mixer.class, name = "test-centred", help = "takes the mean away")
  public record Centred() implements DeltaMixer {
    @Override
    public boolean rowwise() {
      return true;
    }

    @Override
    public MixedDelta mix(SiteDeltas deltas) {
      Expr sum = sum(deltas);
      // Nothing to a mix of one, so that it comes back.
      double share = deltas.adapters() == 1 ? 0 : 1;
      return new MixedDelta.Dense(sum.sub(sum.mean().mul(share)));
    }
  }

  /** Is another at each call. */
  @Extension(point = Mixer.class, name = "test-moody", help = "depends on when it is asked")
  public record Moody() implements DeltaMixer {
    private static final AtomicInteger CALLS = new AtomicInteger();

    @Override
    public MixedDelta mix(SiteDeltas deltas) {
      double mood = 1 + 1e-6 * (CALLS.incrementAndGet() % 7);
      return new MixedDelta.Dense(sum(deltas).mul(mood));
    }
  }
}
