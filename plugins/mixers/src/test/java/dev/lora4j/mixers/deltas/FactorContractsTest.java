package dev.lora4j.mixers.deltas;

import dev.lora4j.testkit.DeltaMixerContract;
import org.junit.jupiter.api.Nested;

/** The mixers keep the contract of their kind where they take factors. */
class FactorContractsTest {
  /** With factors and nothing beside them. */
  abstract static class OfFactors extends DeltaMixerContract {
    private final String neutral;

    OfFactors(String request, String neutral) {
      super(request);
      this.neutral = neutral;
    }

    @Override
    protected String neutral() {
      return neutral;
    }
  }

  @Nested
  class Sum extends OfFactors {
    Sum() {
      super("task-arithmetic:of=factors", "task-arithmetic:of=factors");
    }
  }

  @Nested
  class Ties extends OfFactors {
    Ties() {
      super("ties:of=factors,trim=tensor,density=0.4", "ties:of=factors,trim=tensor,density=1");
    }
  }

  @Nested
  class DareLinear extends OfFactors {
    DareLinear() {
      super("dare-linear:of=factors", "dare-linear:of=factors,density=1");
    }
  }

  @Nested
  class DareTies extends OfFactors {
    DareTies() {
      super("dare-ties:of=factors", "dare-ties:of=factors,density=1");
    }
  }

  @Nested
  class MagnitudePrune extends OfFactors {
    MagnitudePrune() {
      super("magnitude-prune:of=factors", "magnitude-prune:of=factors,density=1");
    }
  }

  @Nested
  class ScaledTwice extends OfFactors {
    ScaledTwice() {
      super("svd:scaling=twice", "svd:rank=6");
    }
  }
}
