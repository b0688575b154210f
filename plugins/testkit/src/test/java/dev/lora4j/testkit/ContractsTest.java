package dev.lora4j.testkit;

import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import java.util.Map;
import java.util.Set;

/**
 * Implementations that break a contract in one way: the test of that promise fails, and no other.
 */
class ContractsTest implements BrokenPromises {
  // Not named as tests are, so that a build does not run them by themselves.
  static final class GoodDecay extends DecayContract {
    GoodDecay() {
      super("test-root:degree=3");
    }
  }

  static final class RememberingDecay extends DecayContract {
    RememberingDecay() {
      super("test-remembering");
    }
  }

  static final class NegativeDecay extends DecayContract {
    NegativeDecay() {
      super("test-negative");
    }
  }

  static final class SilentDecay extends DecayContract {
    SilentDecay() {
      super("test-silent");
    }
  }

  static final class NoDecay extends DecayContract {
    NoDecay() {
      super("test-nothing");
    }
  }

  static final class UnequalDecay extends DecayContract {
    UnequalDecay() {
      super("test-unequal");
    }
  }

  static final class GoodSampler extends SamplerContract {
    GoodSampler() {
      super("test-even");
    }
  }

  static final class InPlaceSampler extends SamplerContract {
    InPlaceSampler() {
      super("test-in-place");
    }
  }

  static final class LingeringSampler extends SamplerContract {
    LingeringSampler() {
      super("test-lingering");
    }
  }

  static final class DeafSampler extends SamplerContract {
    DeafSampler() {
      super("test-deaf");
    }
  }

  static final class AstraySampler extends SamplerContract {
    AstraySampler() {
      super("test-astray");
    }
  }

  static final class RestingSampler extends SamplerContract {
    RestingSampler() {
      super("test-resting");
    }
  }

  static final class GoodOptimizer extends OptimizerContract {
    GoodOptimizer() {
      super("test-momentum", 0.02);
    }
  }

  static final class RecklessOptimizer extends OptimizerContract {
    RecklessOptimizer() {
      super("test-reckless", 0.1);
    }
  }

  static final class UpwardsOptimizer extends OptimizerContract {
    UpwardsOptimizer() {
      super("test-upwards", 0.01);
    }
  }

  static final class ConfusedOptimizer extends OptimizerContract {
    ConfusedOptimizer() {
      super("test-confused", 0.02);
    }
  }

  static final class GoodMixer extends DeltaMixerContract {
    GoodMixer() {
      super("test-sum");
    }
  }

  static final class HalvingMixer extends DeltaMixerContract {
    HalvingMixer() {
      super("test-halving");
    }
  }

  static final class FirstMixer extends DeltaMixerContract {
    FirstMixer() {
      super("test-first");
    }
  }

  static final class DividingMixer extends DeltaMixerContract {
    DividingMixer() {
      super("test-dividing");
    }
  }

  static final class MoodyMixer extends DeltaMixerContract {
    MoodyMixer() {
      super("test-moody");
    }
  }

  static final class CentredMixer extends DeltaMixerContract {
    CentredMixer() {
      super("test-centred");
    }
  }

  static final class ForgetfulOptimizer extends OptimizerContract {
    ForgetfulOptimizer() {
      super("test-forgetful", 0.02);
    }
  }

  static final class FixedSampler extends SamplerContract {
    FixedSampler() {
      super("test-fixed");
    }

    @Override
    protected Prediction prediction() {
      return Prediction.FLOW;
    }

    @Override
    protected int steps() {
      return 4;
    }
  }

  @Override
  public Map<Class<?>, Set<String>> contracts() {
    return Map.<Class<?>, Set<String>>ofEntries(
        Map.entry(GoodDecay.class, Set.of()),
        Map.entry(RememberingDecay.class, Set.of("decayDependsOnTheProgressAlone")),
        Map.entry(NegativeDecay.class, Set.of("decayIsBetweenZeroAndOne")),
        Map.entry(SilentDecay.class, Set.of("helpDescribesTheExtension")),
        Map.entry(NoDecay.class, Set.of("aRunOfOneStepHasARate")),
        Map.entry(UnequalDecay.class, Set.of("theSameSettingsMakeTheSame")),
        Map.entry(GoodMixer.class, Set.of()),
        Map.entry(HalvingMixer.class, Set.of("aSingleAdapterComesBack")),
        Map.entry(FirstMixer.class, Set.of("theOrderOfAdaptersDoesNotMatter")),
        Map.entry(DividingMixer.class, Set.of("anyPlanIsMixedOrRefusedByName")),
        Map.entry(MoodyMixer.class, Set.of("theSameGivesTheSameBits")),
        Map.entry(CentredMixer.class, Set.of("rowwiseMixerMixesBlocksAsTheWhole")),
        Map.entry(GoodOptimizer.class, Set.of()),
        Map.entry(ForgetfulOptimizer.class, Set.of("resumedRunHasTheSameBits")),
        Map.entry(RecklessOptimizer.class, Set.of("nonFiniteGradientChangesNoBit")),
        Map.entry(UpwardsOptimizer.class, Set.of("trainingLowersTheLoss")),
        Map.entry(ConfusedOptimizer.class, Set.of("slotsHaveNamesOfTheirOwn")),
        Map.entry(GoodSampler.class, Set.of()),
        Map.entry(FixedSampler.class, Set.of()),
        Map.entry(InPlaceSampler.class, Set.of("initialLatentsAreLeftUnchanged")),
        Map.entry(LingeringSampler.class, Set.of("theSameRunGivesTheSameBits")),
        Map.entry(DeafSampler.class, Set.of("stepsAreReportedOnceAndLatentsReplaceable")),
        Map.entry(AstraySampler.class, Set.of("aNetworkThatKnowsThePictureIsFollowed")),
        Map.entry(RestingSampler.class, Set.of("levelsFallFromNoiseToThePicture")));
  }
}
