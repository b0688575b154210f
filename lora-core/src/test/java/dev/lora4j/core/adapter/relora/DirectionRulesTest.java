package dev.lora4j.core.adapter.relora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.training.DirectionRule;
import dev.lora4j.core.adapter.training.DirectionRule.Progress;
import dev.lora4j.core.adapter.training.DirectionRule.Span;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.StepRule;
import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** When which directions are trained, and at which rate. */
class DirectionRulesTest {
  private static final Site SITE = Site.linear("toy.only", Shape.of(32, 32), false);

  private static DirectionRule rule(
      String method, int steps, long rank, Map<String, Object> settings) {
    SiteRecipe recipe = new SiteRecipe(rank, 4, false, FactorInit.KAIMING);
    return TrainableMethods.named(method, settings)
        .directions(new StepRule.Run(steps, Map.of(SITE, recipe)))
        .orElseThrow();
  }

  private static Progress trained(int step, double loss) {
    return new Progress(step, OptionalDouble.of(loss), OptionalDouble.empty());
  }

  private static Progress validated(int step, double loss) {
    return new Progress(step, OptionalDouble.empty(), OptionalDouble.of(loss));
  }

  @Test
  void restartsComeAtTheirStepsAndGoThroughAllDirections() {
    DirectionRule rule = rule("relora", 100, 4, Map.of());
    List<Integer> stages = new ArrayList<>();
    int stage = 0;
    for (int step = 1; step <= 100; step++) {
      int next = rule.next(trained(step, 1), stage, new double[0]);
      if (next != stage) {
        stages.add(step);
      }
      stage = next;
    }
    assertEquals(List.of(25, 50, 75), stages);
    assertEquals(new Span(0, 4), rule.trained(0, 16));
    assertEquals(new Span(12, 16), rule.trained(3, 16));
    assertEquals(OptionalLong.of(75), rule.restart(3));
    assertEquals(OptionalLong.empty(), rule.restart(4));
    assertEquals(
        "4 of 16 directions are trained at a time; 3 restarts, every 25 steps, each with 2 steps"
            + " of warm-up",
        rule.course());
    assertEquals(
        "restart 1 of 3, directions 5 to 8 of 16 are trained now.", rule.change(1, new double[0]));
    assertTrue(rule.doubts().isEmpty());
  }

  @Test
  void rateRisesFromZeroAfterEachRestart() {
    DirectionRule rule = rule("relora", 100, 4, Map.of("restarts", 1, "restart_warmup_steps", 10));
    for (int step = 0; step < 100; step++) {
      double plain = 1 - step / 100.0;
      double expected = step < 50 || step >= 60 ? plain : 0.4 * (step - 50) / 10;
      assertEquals(expected, rule.rate(step, s -> 1 - s / 100.0), 1e-12, "step " + step);
    }
    DirectionRule cold = rule("relora", 100, 4, Map.of("restart_warmup_steps", 0));
    assertEquals(0.5, cold.rate(50, s -> 1 - s / 100.0));
    assertTrue(cold.doubts().get(0).contains("restart_warmup_steps is 0"));
  }

  @Test
  void runsThatAreTooShortForTheirRestartsAreRefused() {
    for (Map<String, Object> settings :
        List.<Map<String, Object>>of(
            Map.of("restarts", 20), Map.of("restarts", 2, "cycle_length", 10))) {
      String told =
          String.valueOf(
              assertThrows(IllegalArgumentException.class, () -> rule("relora", 20, 4, settings))
                  .getMessage());
      assertTrue(told.contains("the run has 20 steps"), told);
    }
    String warm =
        String.valueOf(
            assertThrows(
                    IllegalArgumentException.class,
                    () -> rule("relora", 20, 4, Map.of("restart_warmup_steps", 5)))
                .getMessage());
    assertTrue(warm.contains("restart_warmup_steps"), warm);
    assertThrows(
        IllegalArgumentException.class, () -> rule("rank-growth", 20, 4, Map.of("start_rank", 5)));
  }

  @Test
  void rankGrowsWhereTheLossStays() {
    DirectionRule rule =
        rule("rank-growth", 60, 8, Map.of("patience", 10, "smoothing", 0.5, "threshold", 0.05));
    double[] numbers = new double[rule.numbers().size()];
    List<Integer> grown = new ArrayList<>();
    int stage = 0;
    for (int step = 1; step <= 60; step++) {
      // It falls until step 20, and stays; by less than the threshold is not enough.
      double loss = Math.max(1, 3 - step / 10.0) - step * 1e-4;
      int next = rule.next(trained(step, loss), stage, numbers);
      if (next != stage) {
        grown.add(step);
        assertEquals(stage + 1, next);
      }
      stage = next;
    }
    assertEquals(3, stage);
    assertTrue(grown.get(0) >= 28 && grown.get(0) <= 34, grown.toString());
    assertEquals(grown.get(0) + 10, grown.get(1));
    assertEquals(grown.get(1) + 10, grown.get(2));
    assertEquals(new Span(0, 2), rule.trained(0, 8));
    assertEquals(new Span(0, 8), rule.trained(3, 8));
    assertEquals(new Span(0, 1), rule.trained(0, 3), "layers of a lower rank grow in proportion");
    assertEquals(new Span(0, 3), rule.trained(3, 3));
    assertEquals(0, rule.first(8, 0));
    assertEquals(2, rule.first(8, 5));
    assertEquals(3, rule.first(8, 8));
    assertTrue(rule.change(1, numbers).startsWith("4 of 8 directions are trained now, as the "));
  }

  @Test
  void validationDecidesWhereThereIsOne() {
    DirectionRule rule = rule("rank-growth", 60, 8, Map.of("patience", 10));
    double[] numbers = new double[rule.numbers().size()];
    assertEquals(0, rule.next(validated(0, 1), 0, numbers));
    for (int step = 1; step <= 15; step++) {
      assertEquals(0, rule.next(trained(step, 1), 0, numbers), "losses of training do not count");
    }
    assertEquals(0, rule.next(validated(15, 0.9), 0, numbers));
    assertEquals(0, rule.next(validated(20, 0.95), 0, numbers));
    assertEquals(0, rule.next(validated(20, Double.NaN), 0, numbers));
    assertEquals(1, rule.next(validated(25, 0.899), 0, numbers));
    assertEquals(1, rule.next(validated(30, 0.9), 1, numbers));
    assertEquals(1, rule.next(validated(34, 0.5), 1, numbers));
    assertTrue(
        rule.change(1, numbers).contains("validation loss has not improved on 0.5000 by 1 %"));
  }

  @Test
  void nothingGrowsAfterTheLastStep() {
    DirectionRule rule = rule("rank-growth", 60, 8, Map.of("patience", 10));
    double[] numbers = new double[rule.numbers().size()];
    assertEquals(0, rule.next(validated(0, 1), 0, numbers));
    assertEquals(0, rule.next(validated(60, 1), 0, numbers));
    assertEquals(1, rule.next(validated(59, 1), 0, numbers));
  }

  @Test
  void skippedStepsAreNoMeasure() {
    DirectionRule rule = rule("rank-growth", 60, 8, Map.of("patience", 2));
    double[] numbers = new double[rule.numbers().size()];
    Progress skipped = new Progress(5, OptionalDouble.empty(), OptionalDouble.empty());
    assertEquals(0, rule.next(skipped, 0, numbers));
    assertEquals(0, rule.next(trained(6, Double.NaN), 0, numbers));
    for (double number : numbers) {
      assertEquals(0, number);
    }
  }
}
