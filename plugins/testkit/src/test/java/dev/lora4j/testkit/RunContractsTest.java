package dev.lora4j.testkit;

import dev.lora4j.core.format.reading.AdapterPolicy.Use;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** Trackers and policies that break a contract in one way: the test of that promise fails. */
class RunContractsTest implements BrokenPromises {
  static final class Csv extends TrackerContract {
    Csv() {
      super("csv");
    }
  }

  static final class TensorBoard extends TrackerContract {
    TensorBoard() {
      super("tensorboard");
    }
  }

  static final class GoodTracker extends TrackerContract {
    GoodTracker() {
      super("test-table");
    }
  }

  static final class SingleTracker extends TrackerContract {
    SingleTracker() {
      super("test-single");
    }
  }

  static final class FirstTracker extends TrackerContract {
    FirstTracker() {
      super("test-first");
    }
  }

  static final class FiniteTracker extends TrackerContract {
    FiniteTracker() {
      super("test-finite");
    }
  }

  static final class BusyTracker extends TrackerContract {
    BusyTracker() {
      super("test-busy");
    }
  }

  private abstract static class Policy extends AdapterPolicyContract {
    Policy(String name) {
      super(
          name,
          new Use(Path.of("a.safetensors"), "ab12", Map.of(), "anna"),
          new Use(Path.of("a.safetensors"), "ab12", Map.of(BrokenPolicies.LICENCE, "MIT"), "anna"));
    }
  }

  static final class GoodPolicy extends Policy {
    GoodPolicy() {
      super("test-licensed");
    }
  }

  static final class CurtPolicy extends Policy {
    CurtPolicy() {
      super("test-curt");
    }
  }

  static final class StrictPolicy extends Policy {
    StrictPolicy() {
      super("test-strict");
    }
  }

  static final class FragilePolicy extends Policy {
    FragilePolicy() {
      super("test-fragile");
    }
  }

  static final class YieldingPolicy extends Policy {
    YieldingPolicy() {
      super("test-yielding");
    }
  }

  @Override
  public Map<Class<?>, Set<String>> contracts() {
    return Map.<Class<?>, Set<String>>ofEntries(
        Map.entry(Csv.class, Set.of()),
        Map.entry(TensorBoard.class, Set.of()),
        Map.entry(GoodTracker.class, Set.of()),
        Map.entry(SingleTracker.class, Set.of("runsAreIndependent")),
        Map.entry(FirstTracker.class, Set.of("runCanBeResumed")),
        Map.entry(FiniteTracker.class, Set.of("numbersThatAreNotFiniteAreTaken")),
        Map.entry(BusyTracker.class, Set.of("aRunWithoutStepsIsARun")),
        Map.entry(GoodPolicy.class, Set.of()),
        Map.entry(CurtPolicy.class, Set.of("refusalHasAReason")),
        Map.entry(StrictPolicy.class, Set.of("permittedAdapterIsPermitted")),
        Map.entry(FragilePolicy.class, Set.of("anyRequestGetsAnAnswer")),
        Map.entry(YieldingPolicy.class, Set.of("theSameAdapterGetsTheSameAnswer")));
  }
}
