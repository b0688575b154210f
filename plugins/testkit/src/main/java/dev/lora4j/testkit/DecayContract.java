package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.train.schedule.Decay;
import dev.lora4j.core.train.schedule.RateSchedule;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Contract of {@link Decay}, the fall of a learning rate. */
public abstract class DecayContract extends ExtensionContract<Decay> {
  private static final int POINTS = 1000;

  /** Tests a decay on the class path, see {@link ExtensionContract}. */
  protected DecayContract(String request) {
    super(Decay.class, request);
  }

  @Test
  void decayIsBetweenZeroAndOne() {
    Decay decay = extension();
    for (int i = 0; i <= 2 * POINTS; i++) {
      double progress = i / (double) POINTS;
      double at = decay.at(progress);
      assertTrue(at >= 0 && at <= 1, "at " + progress + " it is " + at);
    }
  }

  @Test
  void decayDependsOnTheProgressAlone() throws Exception {
    Decay decay = extension();
    List<Double> forwards = course(decay);
    List<Double> again = new ArrayList<>();
    for (int i = POINTS; i >= 0; i--) {
      again.add(0, decay.at(i / (double) POINTS));
    }
    // A resumed run computes its later steps alone, and must get the same.
    assertEquals(forwards, again);
    ManyThreads.agree(() -> course(decay));
  }

  private static List<Double> course(Decay decay) {
    List<Double> all = new ArrayList<>();
    for (int i = 0; i <= POINTS; i++) {
      all.add(decay.at(i / (double) POINTS));
    }
    return all;
  }

  @Test
  void aRunOfOneStepHasARate() {
    double factor = RateSchedule.of(extension(), 1).factor(0);
    assertTrue(factor > 0 && factor <= 1, "the only step of a run has " + factor + " of the rate");
  }
}
