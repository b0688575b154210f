package dev.lora4j.testkit;

import java.util.Map;
import java.util.Set;

/** Mixers that break their contract in one way: the test of that promise fails, and no other. */
class MixerContractsTest implements BrokenPromises {
  // Not named as tests are, so that a build does not run them by themselves.
  static final class GoodWeights extends WeightMixerContract {
    GoodWeights() {
      super("test-scaled:by=2", "test-scaled");
    }
  }

  static final class Tired extends WeightMixerContract {
    Tired() {
      super("test-tired", "test-tired");
    }
  }

  static final class Eager extends WeightMixerContract {
    Eager() {
      super("test-eager", "test-eager");
    }
  }

  static final class Reviving extends WeightMixerContract {
    Reviving() {
      super("test-reviving", "test-reviving");
    }
  }

  static final class Counting extends WeightMixerContract {
    Counting() {
      super("test-sharing", "test-sharing");
    }
  }

  static final class Hasty extends WeightMixerContract {
    Hasty() {
      super("test-hasty", "test-hasty");
    }
  }

  static final class Speechless extends WeightMixerContract {
    Speechless() {
      super("test-speechless", "test-speechless");
    }
  }

  static final class Pair extends WeightMixerContract {
    Pair() {
      super("test-pair", "test-pair");
    }
  }

  static final class Growing extends WeightMixerContract {
    Growing() {
      super("test-growing", "test-growing");
    }
  }

  static final class GoodOutputs extends OutputMixerContract {
    GoodOutputs() {
      super("test-mean", "test-mean", true);
    }
  }

  static final class Drifting extends OutputMixerContract {
    Drifting() {
      super("test-drifting", "test-drifting", true);
    }
  }

  static final class Doubling extends OutputMixerContract {
    Doubling() {
      super("test-doubling", "test-doubling", true);
    }
  }

  static final class Crowded extends OutputMixerContract {
    Crowded() {
      super("test-crowded", "test-crowded", true);
    }
  }

  static final class Favourite extends OutputMixerContract {
    Favourite() {
      super("test-favourite", "test-favourite", true);
    }
  }

  static final class Dividing extends OutputMixerContract {
    Dividing() {
      super("test-agreeing", "test-agreeing", true);
    }
  }

  static final class Mute extends OutputMixerContract {
    Mute() {
      super("test-mute", "test-mute", true);
    }
  }

  static final class Idle extends OutputMixerContract {
    Idle() {
      super("test-idle", "test-idle", true);
    }
  }

  @Override
  public Map<Class<?>, Set<String>> contracts() {
    return Map.<Class<?>, Set<String>>ofEntries(
        Map.entry(GoodWeights.class, Set.of()),
        Map.entry(Tired.class, Set.of("theSameRequestGivesTheSamePlan")),
        Map.entry(Eager.class, Set.of("singleAdapterIsUnchanged")),
        Map.entry(Reviving.class, Set.of("anAdapterOfWeightNothingCountsNothing")),
        Map.entry(Counting.class, Set.of("anAdapterOfWeightNothingCountsNothing")),
        Map.entry(Hasty.class, Set.of("everyNumberOfStepsIsHonoured")),
        Map.entry(Speechless.class, Set.of("anyPlanIsHonouredOrRefusedWithReason")),
        Map.entry(Pair.class, Set.of("anyPlanIsHonouredOrRefusedWithReason")),
        Map.entry(Growing.class, Set.of("requestMakesTheSameMixerAgain")),
        Map.entry(GoodOutputs.class, Set.of()),
        Map.entry(Drifting.class, Set.of("theSameRequestGivesTheSameOutput")),
        Map.entry(Doubling.class, Set.of("singleAdapterIsUnchanged")),
        Map.entry(Crowded.class, Set.of("anAdapterOfWeightNothingCountsNothing")),
        Map.entry(Favourite.class, Set.of("adapterOrderCountsOnlyWhereDeclared")),
        Map.entry(Dividing.class, Set.of("finiteOutputsGiveAFiniteOutput")),
        Map.entry(Mute.class, Set.of("anyPlanIsHonouredOrRefusedWithReason")),
        Map.entry(Idle.class, Set.of("anyPlanIsHonouredOrRefusedWithReason")));
  }
}
