package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Roundings that break their contract in one way: the test of that promise fails, and no other. */
class QuantisationContractsTest implements BrokenPromises {
  private static final double OF_ONE_SCALE = 0.02;

  // Not named as tests are, so that a build does not run them by themselves.
  static final class NormalFloats extends QuantisationContract {
    NormalFloats() {
      super("nf4", 0.1);
    }
  }

  static final class SingleNormalFloats extends QuantisationContract {
    SingleNormalFloats() {
      super("nf4:double=false,block=32", 0.1);
    }
  }

  static final class SmallFloats extends QuantisationContract {
    SmallFloats() {
      super("fp4", 0.13);
    }
  }

  static final class WholeNumbers extends QuantisationContract {
    WholeNumbers() {
      super("int8", 0.01);
    }
  }

  static final class EightBitFloats extends QuantisationContract {
    EightBitFloats() {
      super("fp8", 0.03);
    }
  }

  static final class Good extends QuantisationContract {
    Good() {
      super("test-single-scale:share=0.9", OF_ONE_SCALE);
    }
  }

  static final class Misdeclared extends QuantisationContract {
    Misdeclared() {
      super("test-misdeclared", OF_ONE_SCALE);
    }
  }

  static final class Coarse extends QuantisationContract {
    Coarse() {
      super("test-coarse", OF_ONE_SCALE);
    }
  }

  static final class Shrinking extends QuantisationContract {
    Shrinking() {
      super("test-shrinking", 0.04);
    }
  }

  static final class Counting extends QuantisationContract {
    Counting() {
      super("test-counting", OF_ONE_SCALE);
    }
  }

  static final class Writing extends QuantisationContract {
    Writing() {
      super("test-writing", OF_ONE_SCALE);
    }
  }

  static final class DeafRows extends QuantisationContract {
    DeafRows() {
      super("test-deaf-rows", OF_ONE_SCALE);
    }
  }

  static final class TwoMinds extends QuantisationContract {
    TwoMinds() {
      super("test-two-minds", OF_ONE_SCALE);
    }
  }

  static final class Mirrored extends QuantisationContract {
    Mirrored() {
      super("test-mirrored", OF_ONE_SCALE);
    }
  }

  static final class Credulous extends QuantisationContract {
    Credulous() {
      super("test-credulous", OF_ONE_SCALE);
    }
  }

  static final class DividingByZero extends QuantisationContract {
    DividingByZero() {
      super("test-dividing-by-zero", OF_ONE_SCALE);
    }
  }

  static final class Greedy extends QuantisationContract {
    Greedy() {
      super("test-greedy-rounding", OF_ONE_SCALE);
    }
  }

  static final class Anonymous extends QuantisationContract {
    Anonymous() {
      super("test-anonymous", OF_ONE_SCALE);
    }
  }

  @Override
  public Map<Class<?>, Set<String>> contracts() {
    return Map.<Class<?>, Set<String>>ofEntries(
        Map.entry(NormalFloats.class, Set.of()),
        Map.entry(SingleNormalFloats.class, Set.of()),
        Map.entry(SmallFloats.class, Set.of()),
        Map.entry(WholeNumbers.class, Set.of()),
        Map.entry(EightBitFloats.class, Set.of()),
        Map.entry(Good.class, Set.of()),
        Map.entry(Misdeclared.class, Set.of("weightHasThePartsThatItsFormDeclares")),
        Map.entry(Shrinking.class, Set.of("roundingAgainChangesLittle")),
        Map.entry(Counting.class, Set.of("theSameWeightGivesTheSameBytes")),
        Map.entry(Writing.class, Set.of("theGivenNumbersAreLeftUnchanged")),
        Map.entry(DeafRows.class, Set.of("partOfTheNumbersIsThatOfTheWhole")),
        Map.entry(TwoMinds.class, Set.of("graphComputesTheNumbers")),
        Map.entry(Mirrored.class, Set.of("rowsOfAUnitAreAWeightOfTheForm")),
        Map.entry(Credulous.class, Set.of("aNumberThatIsNoneIsRefusedOrSeen")),
        Map.entry(DividingByZero.class, Set.of("numbersOfAnyFiniteWeightAreFinite")),
        Map.entry(Greedy.class, Set.of("vectorsAndSmallWeightsStay")),
        Map.entry(Anonymous.class, Set.of("canonicalFormsAreTheSameEachTime")));
  }

  @Test
  void coarseRoundingFailsItsTest() {
    Set<String> failed = ContractRun.of(Coarse.class).failed();
    assertTrue(failed.contains("numbersAreCloseToTheWeight"), failed.toString());
  }
}
