package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Losses that break their contract in one way: the test of that promise fails, and no other. */
class LossContractsTest implements BrokenPromises {
  // Not named as tests are, so that a build does not run them by themselves.
  static final class Squared extends LossContract {
    Squared() {
      super("l2");
    }
  }

  static final class Absolute extends LossContract {
    Absolute() {
      super("l1");
    }
  }

  static final class Huber extends LossContract {
    Huber() {
      super("huber");
    }
  }

  static final class HuberOfFlows extends LossContract {
    HuberOfFlows() {
      super("huber:huber_schedule=exponential,huber_c=0.3");
    }
  }

  static final class HuberOfAll extends LossContract {
    HuberOfAll() {
      super("huber:huber_schedule=constant,huber_scale=3");
    }
  }

  static final class Smooth extends LossContract {
    Smooth() {
      super("smooth_l1");
    }
  }

  static final class SmoothOfFlows extends LossContract {
    SmoothOfFlows() {
      super("smooth_l1:huber_schedule=exponential");
    }
  }

  static final class Good extends LossContract {
    Good() {
      super("test-welsch:width=2");
    }
  }

  static final class Signed extends LossContract {
    Signed() {
      super("test-signed");
    }
  }

  static final class Single extends LossContract {
    Single() {
      super("test-single");
    }
  }

  static final class Narrow extends LossContract {
    Narrow() {
      super("test-narrow");
    }
  }

  static final class Relative extends LossContract {
    Relative() {
      super("test-relative");
    }
  }

  static final class Still extends LossContract {
    Still() {
      super("test-still");
    }
  }

  static final class Root extends LossContract {
    Root() {
      super("test-root");
    }
  }

  static final class Growing extends LossContract {
    Growing() {
      super("test-growing");
    }
  }

  static final class Mumbling extends LossContract {
    Mumbling() {
      super("test-mumbling");
    }
  }

  static final class Curt extends LossContract {
    Curt() {
      super("test-curt-loss");
    }
  }

  static final class Unbounded extends LossContract {
    Unbounded() {
      super("test-unbounded");
    }
  }

  @Override
  public Map<Class<?>, Set<String>> contracts() {
    return Map.<Class<?>, Set<String>>ofEntries(
        Map.entry(Squared.class, Set.of()),
        Map.entry(Absolute.class, Set.of()),
        Map.entry(Huber.class, Set.of()),
        Map.entry(HuberOfFlows.class, Set.of()),
        Map.entry(HuberOfAll.class, Set.of()),
        Map.entry(Smooth.class, Set.of()),
        Map.entry(SmoothOfFlows.class, Set.of()),
        Map.entry(Good.class, Set.of()),
        Map.entry(Signed.class, Set.of("onlyWrongPredictionsHaveALoss")),
        Map.entry(Narrow.class, Set.of("lossHasTheTypeAndShapeOfDifferences")),
        Map.entry(Relative.class, Set.of("eachElementCountsByItself", "gradientIsTheSlope")),
        Map.entry(Still.class, Set.of("gradientIsTheSlope")),
        Map.entry(Root.class, Set.of("gradientIsFiniteEverywhere")),
        Map.entry(Growing.class, Set.of("theSameDifferencesCostTheSame")),
        Map.entry(Mumbling.class, Set.of("canonicalFormIsTheSameEachTime")),
        Map.entry(Curt.class, Set.of("lossFitsABaseOrGivesAReason")),
        Map.entry(Unbounded.class, Set.of("lossFitsABaseOrGivesAReason")));
  }

  /** A loss of another shape is in no test what it should be. */
  @Test
  void singleNumberLossFailsItsShapeTest() {
    Set<String> failed = ContractRun.of(Single.class).failed();
    assertTrue(failed.contains("lossHasTheTypeAndShapeOfDifferences"), failed.toString());
  }
}
