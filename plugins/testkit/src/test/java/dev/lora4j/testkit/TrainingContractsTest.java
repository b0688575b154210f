package dev.lora4j.testkit;

import java.util.Map;
import java.util.Set;

/** Trainings that break their contract in one way: the test of that promise fails. */
class TrainingContractsTest implements BrokenPromises {
  private static final double RATE = 0.02;

  // Not named as tests are, so that a build does not run them by themselves.
  static final class Full extends TrainableMethodContract {
    Full() {
      super("full", RATE);
    }
  }

  static final class Lora extends TrainableMethodContract {
    Lora() {
      super("lora", RATE);
    }
  }

  static final class Loha extends TrainableMethodContract {
    Loha() {
      super("loha", RATE);
    }
  }

  static final class Dora extends TrainableMethodContract {
    Dora() {
      super("dora", RATE);
    }
  }

  static final class Ia3 extends TrainableMethodContract {
    Ia3() {
      super("ia3", RATE);
    }
  }

  static final class Miss extends TrainableMethodContract {
    Miss() {
      super("miss", RATE);
    }
  }

  static final class GoodPair extends TrainableMethodContract {
    GoodPair() {
      super("test-pair", RATE);
    }
  }

  static final class Unordered extends TrainableMethodContract {
    Unordered() {
      super("test-unordered", RATE);
    }
  }

  static final class Ranked extends TrainableMethodContract {
    Ranked() {
      super("test-ranked", RATE);
    }
  }

  static final class Jumping extends TrainableMethodContract {
    Jumping() {
      super("test-jumping", RATE);
    }
  }

  static final class Standing extends TrainableMethodContract {
    Standing() {
      super("test-standing", RATE);
    }
  }

  static final class HalfFrozen extends TrainableMethodContract {
    HalfFrozen() {
      super("test-half-frozen", RATE);
    }
  }

  static final class Misstoring extends TrainableMethodContract {
    Misstoring() {
      super("test-misstoring", RATE);
    }
  }

  static final class OverExact extends TrainableMethodContract {
    OverExact() {
      super("test-overexact", RATE);
    }
  }

  static final class Drifting extends TrainableMethodContract {
    Drifting() {
      super("test-drifting", RATE);
    }
  }

  static final class Promising extends TrainableMethodContract {
    Promising() {
      super("test-promising", RATE);
    }
  }

  static final class Precise extends TrainableMethodContract {
    Precise() {
      super("test-precise", RATE);
    }
  }

  static final class Mistaken extends TrainableMethodContract {
    Mistaken() {
      super("test-mistaken", RATE);
    }
  }

  static final class Modest extends TrainableMethodContract {
    Modest() {
      super("test-modest", RATE);
    }
  }

  @Override
  public Map<Class<?>, Set<String>> contracts() {
    return Map.<Class<?>, Set<String>>ofEntries(
        Map.entry(Full.class, Set.of()),
        Map.entry(Lora.class, Set.of()),
        Map.entry(Loha.class, Set.of()),
        Map.entry(Dora.class, Set.of()),
        Map.entry(Ia3.class, Set.of()),
        Map.entry(Miss.class, Set.of()),
        Map.entry(GoodPair.class, Set.of()),
        Map.entry(Unordered.class, Set.of("trainedTensorsAreTheSameEachTime")),
        Map.entry(Ranked.class, Set.of("oneProgramServesAllRanks")),
        Map.entry(Jumping.class, Set.of("untrainedAdapterIsTheBase")),
        Map.entry(Standing.class, Set.of("trainingLowersTheLoss", "theNormIsThatOfTheChange")),
        Map.entry(HalfFrozen.class, Set.of("everyTensorIsTrained")),
        Map.entry(
            Misstoring.class,
            Set.of("savedAdapterActsAsTheTrainedOne", "theNormIsThatOfTheChange")),
        Map.entry(Modest.class, Set.of("theNormIsThatOfTheChange")),
        Map.entry(
            OverExact.class, Set.of("trainedFactorsReadBackByTheirMethod", "writtenFileReadsBack")),
        Map.entry(Drifting.class, Set.of("theSameRunGivesTheSameBits")),
        Map.entry(Mistaken.class, Set.of("warmStartReproducesTheFactors")),
        Map.entry(Promising.class, Set.of("declaredDropoutsHaveAnEffect")),
        Map.entry(Precise.class, Set.of("factorsComputeInTheLayersType")));
  }
}
