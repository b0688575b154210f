package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.train.run.RateSearch;
import dev.lora4j.core.train.run.RateSearch.Setting;
import dev.lora4j.core.train.run.RateSearch.Trial;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** Charts of rates show the trials that stayed within bounds, whatever another one does. */
class RateChartTest {
  private static Trial trial(double rate, Float... losses) {
    return new Trial(
        new Setting(rate, 1), List.of(losses), OptionalDouble.empty(), RateSearch.Compared.LOSS);
  }

  private static final Trial LEFT = trial(1, 1f, 90f, 90f, 90f, 90f);

  @Test
  void theAxisIsThatOfTrialsWithinBounds() {
    Trial kept = trial(1e-3, 2f, 2f, 2f, 2f, 2f);
    assertTrue(LEFT.diverged() && !kept.diverged());
    assertEquals(2.2, RateChart.top(List.of(kept, LEFT)).orElseThrow(), 1e-6);
    assertTrue(RateChart.top(List.of(LEFT)).isEmpty());
  }
}
