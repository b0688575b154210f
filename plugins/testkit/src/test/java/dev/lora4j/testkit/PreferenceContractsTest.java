package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.text.align.PreferenceLoss;
import dev.lora4j.text.align.PreferenceLosses;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Losses of pairs that break their contract in one way, and all that lora4j has. */
class PreferenceContractsTest implements BrokenPromises {
  // Not named as tests are, so that a build does not run them by themselves.
  static final class Sigmoid extends PreferenceLossContract {
    Sigmoid() {
      super("sigmoid");
    }
  }

  static final class SigmoidNorm extends PreferenceLossContract {
    SigmoidNorm() {
      super("sigmoid_norm");
    }
  }

  static final class Hinge extends PreferenceLossContract {
    Hinge() {
      super("hinge");
    }
  }

  static final class Ipo extends PreferenceLossContract {
    Ipo() {
      super("ipo");
    }
  }

  static final class Robust extends PreferenceLossContract {
    Robust() {
      super("robust:smoothing=0.1");
    }
  }

  static final class ExoPair extends PreferenceLossContract {
    ExoPair() {
      super("exo_pair:smoothing=0.01");
    }
  }

  static final class NcaPair extends PreferenceLossContract {
    NcaPair() {
      super("nca_pair");
    }
  }

  static final class BcoPair extends PreferenceLossContract {
    BcoPair() {
      super("bco_pair");
    }
  }

  static final class SppoHard extends PreferenceLossContract {
    SppoHard() {
      super("sppo_hard");
    }
  }

  static final class ApoZero extends PreferenceLossContract {
    ApoZero() {
      super("apo_zero");
    }
  }

  static final class ApoDown extends PreferenceLossContract {
    ApoDown() {
      super("apo_down");
    }
  }

  static final class Sft extends PreferenceLossContract {
    Sft() {
      super("sft");
    }

    @Override
    protected boolean judgesEachByItself() {
      return false;
    }
  }

  static final class Cpo extends PreferenceLossContract {
    Cpo() {
      super("cpo");
    }
  }

  static final class Alphapo extends PreferenceLossContract {
    Alphapo() {
      super("alphapo");
    }
  }

  static final class Simpo extends PreferenceLossContract {
    Simpo() {
      super("simpo");
    }
  }

  static final class Orpo extends PreferenceLossContract {
    Orpo() {
      super("orpo");
    }
  }

  static final class Aot extends PreferenceLossContract {
    Aot() {
      super("aot");
    }

    @Override
    protected boolean judgesEachByItself() {
      return false;
    }
  }

  static final class AotUnpaired extends PreferenceLossContract {
    AotUnpaired() {
      super("aot_unpaired");
    }

    @Override
    protected boolean judgesEachByItself() {
      return false;
    }
  }

  /** Has a bump where the model equals its reference, as its authors show. */
  static final class Discopop extends PreferenceLossContract {
    Discopop() {
      super("discopop");
    }

    @Override
    protected boolean risesToTheChosen() {
      return false;
    }
  }

  static final class Good extends PreferenceLossContract {
    Good() {
      super("test-exponential:scale=2");
    }
  }

  static final class Reversed extends PreferenceLossContract {
    Reversed() {
      super("test-reversed");
    }
  }

  static final class Pooled extends PreferenceLossContract {
    Pooled() {
      super("test-pooled");
    }
  }

  static final class Lopsided extends PreferenceLossContract {
    Lopsided() {
      super("test-lopsided");
    }

    @Override
    protected boolean judgesEachByItself() {
      return false;
    }
  }

  static final class Single extends PreferenceLossContract {
    Single() {
      super("test-single-pair");
    }
  }

  static final class Still extends PreferenceLossContract {
    Still() {
      super("test-still-pair");
    }
  }

  static final class Root extends PreferenceLossContract {
    Root() {
      super("test-root-pair");
    }
  }

  static final class Drifting extends PreferenceLossContract {
    Drifting() {
      super("test-drifting");
    }
  }

  static final class Hiding extends PreferenceLossContract {
    Hiding() {
      super("test-hiding");
    }
  }

  static final class Deaf extends PreferenceLossContract {
    Deaf() {
      super("test-deaf-pair");
    }
  }

  static final class Generous extends PreferenceLossContract {
    Generous() {
      super("test-generous");
    }
  }

  static final class Growing extends PreferenceLossContract {
    Growing() {
      super("test-growing-pair");
    }
  }

  static final class Mumbling extends PreferenceLossContract {
    Mumbling() {
      super("test-mumbling-pair");
    }
  }

  @Override
  public Map<Class<?>, Set<String>> contracts() {
    return Map.<Class<?>, Set<String>>ofEntries(
        Map.entry(Sigmoid.class, Set.of()),
        Map.entry(SigmoidNorm.class, Set.of()),
        Map.entry(Hinge.class, Set.of()),
        Map.entry(Ipo.class, Set.of()),
        Map.entry(Robust.class, Set.of()),
        Map.entry(ExoPair.class, Set.of()),
        Map.entry(NcaPair.class, Set.of()),
        Map.entry(BcoPair.class, Set.of()),
        Map.entry(SppoHard.class, Set.of()),
        Map.entry(ApoZero.class, Set.of()),
        Map.entry(ApoDown.class, Set.of()),
        Map.entry(Sft.class, Set.of()),
        Map.entry(Cpo.class, Set.of()),
        Map.entry(Alphapo.class, Set.of()),
        Map.entry(Simpo.class, Set.of()),
        Map.entry(Orpo.class, Set.of()),
        Map.entry(Aot.class, Set.of()),
        Map.entry(AotUnpaired.class, Set.of()),
        Map.entry(Discopop.class, Set.of()),
        Map.entry(Good.class, Set.of()),
        Map.entry(
            Reversed.class,
            Set.of("likelierChosenCostsNoMoreAtTheReference", "pairsTheRightWayRoundCostLess")),
        Map.entry(Pooled.class, Set.of("aPairCountsByItself")),
        Map.entry(Lopsided.class, Set.of("orderOfPairsDoesNotMatter")),
        Map.entry(Still.class, Set.of("gradientIsTheSlope")),
        Map.entry(
            Root.class,
            Set.of("lossAndGradientAreFinite", "likelierChosenCostsNoMoreAtTheReference")),
        Map.entry(Drifting.class, Set.of("atTheReferenceAllPairsCostTheSame")),
        Map.entry(Hiding.class, Set.of("divergenceCountsWhereItMay")),
        Map.entry(Deaf.class, Set.of("divergenceCountsWhereItMay")),
        Map.entry(Generous.class, Set.of("rewardGrowsWithBeta")),
        Map.entry(Growing.class, Set.of("theSamePairsCostTheSame")),
        Map.entry(Mumbling.class, Set.of("canonicalFormIsTheSameEachTime")));
  }

  /** A loss of another shape is in no test what it should be. */
  @Test
  void singleNumberLossFailsItsShapeTest() {
    Set<String> failed = ContractRun.of(Single.class).failed();
    assertTrue(failed.contains("eachPairHasALoss"), failed.toString());
  }

  @Test
  void eachLossIsHeldToTheContract() {
    Set<String> held =
        contracts().keySet().stream()
            .map(
                type ->
                    type.getSimpleName()
                        .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
                        .toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
    Set<String> installed =
        PreferenceLosses.all().stream()
            .map(PreferenceLoss::name)
            .filter(name -> !name.startsWith("test-"))
            .collect(Collectors.toSet());
    held.retainAll(installed);
    assertEquals(installed, held);
  }
}
