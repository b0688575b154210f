package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.train.run.RateSearch;
import dev.lora4j.core.train.run.RateSearch.Setting;
import dev.lora4j.core.train.run.RateSearch.Trial;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** Of trials that are as good the one with the lowest rate is taken, and it says why. */
class RateChoiceTest {
  private static final Trial DIVERGED =
      new Trial(
          new Setting(1e-2, 1),
          List.of(1f, Float.NaN),
          OptionalDouble.empty(),
          RateSearch.Compared.LOSS);

  private static Trial trial(double rate, double scale, double validation) {
    return new Trial(
        new Setting(rate, scale),
        List.of(1f, 1f),
        OptionalDouble.of(validation),
        RateSearch.Compared.LOSS);
  }

  private static String reasons(RateChoice choice) {
    return String.join("\n", choice.reasons(40, "Nothing is held out."));
  }

  @Test
  void theLowestRateWithinAHundredthOfTheLeastLossIsTaken() {
    Trial low = trial(1e-4, 1, 0.52);
    Trial near = trial(3e-4, 1, 0.5049);
    Trial least = trial(1e-3, 1, 0.5);
    RateChoice choice = RateChoice.of(List.of(low, near, least, DIVERGED));
    assertEquals(near, choice.trial());
    assertEquals(least, choice.least());
    assertTrue(choice.validated());
    assertTrue(reasons(choice).contains("within 1 % of the least, 0.5000, at a lower rate"));
    assertFalse(reasons(choice).contains("rate that was tried"));
    assertFalse(reasons(choice).contains("held out"));
    // What is just beyond a hundredth is not as good.
    Trial beyond = trial(3e-4, 1, 0.5051);
    assertEquals(least, RateChoice.of(List.of(low, beyond, least)).trial());
  }

  @Test
  void ofOneRateTheAlphaNearestToTheRunsIsTaken() {
    Trial half = trial(1e-3, 0.5, 0.5);
    Trial same = trial(1e-3, 1, 0.501);
    assertEquals(same, RateChoice.of(List.of(half, same)).trial());
    Trial twice = trial(1e-3, 2, 0.4);
    assertEquals(twice, RateChoice.of(List.of(half, same, twice)).trial());
  }

  private static Trial rewarded(double rate, float reward) {
    return new Trial(
        new Setting(rate, 1),
        List.of(reward),
        OptionalDouble.empty(),
        new RateSearch.Compared(Optional.of("reward"), true, false));
  }

  @Test
  void ofRewardsTheGreatestIsTaken() {
    Trial low = rewarded(1e-4, -0.5f);
    Trial most = rewarded(1e-3, 0.5f);
    RateChoice choice = RateChoice.of(List.of(low, most, rewarded(1e-2, 0.1f)));
    assertEquals(most, choice.trial());
    assertTrue(reasons(choice).contains("has the greatest reward of the last quarter"));
    Trial near = rewarded(3e-4, 0.496f);
    choice = RateChoice.of(List.of(low, near, most));
    assertEquals(near, choice.trial());
    assertTrue(reasons(choice).contains("within 1 % of the greatest, 0.5000"), reasons(choice));
    Trial below = rewarded(1e-4, -0.4f);
    assertEquals(below, RateChoice.of(List.of(below, rewarded(1e-3, -0.398f))).trial());
    choice = RateChoice.of(List.of(rewarded(1e-4, 0f), rewarded(1e-3, 0f)));
    assertEquals(1e-4, choice.trial().setting().rate());
    assertFalse(choice.decided());
    assertTrue(reasons(choice).startsWith("All rates have the same reward"), reasons(choice));
    assertFalse(reasons(choice).contains("greatest"), reasons(choice));
    Failure none =
        assertThrows(Failure.class, () -> RateChoice.of(List.of(rewarded(1, Float.NaN))));
    assertTrue(String.valueOf(none.getMessage()).contains("had no reward"), none.getMessage());
  }

  @Test
  void whatRemainsOpenIsTold() {
    Trial first =
        new Trial(new Setting(1, 1), List.of(2f), OptionalDouble.empty(), RateSearch.Compared.LOSS);
    Trial second =
        new Trial(new Setting(2, 1), List.of(1f), OptionalDouble.empty(), RateSearch.Compared.LOSS);
    RateChoice highest = RateChoice.of(List.of(first, second));
    assertTrue(reasons(highest).contains("the highest rate that was tried"));
    assertTrue(reasons(highest).contains("Nothing is held out."));
    RateChoice lowest = RateChoice.of(List.of(first, DIVERGED, trial(2, 1, 9)));
    assertTrue(reasons(lowest).contains("has the least"));
    Failure none = assertThrows(Failure.class, () -> RateChoice.of(List.of(DIVERGED)));
    assertTrue(String.valueOf(none.getMessage()).contains("lower --lr"));
  }
}
