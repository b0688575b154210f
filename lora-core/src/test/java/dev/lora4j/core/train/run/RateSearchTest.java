package dev.lora4j.core.train.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.optimizer.AdamW;
import dev.lora4j.core.train.run.RateSearch.Setting;
import dev.lora4j.core.train.run.RateSearch.Trial;
import dev.lora4j.core.train.run.TwoLayers.Rows;
import dev.lora4j.core.train.schedule.Constant;
import dev.lora4j.core.train.schedule.Cosine;
import dev.lora4j.core.train.schedule.RateSchedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** A trial is the training of its rate and scale; what all share changes none of them. */
class RateSearchTest {
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("tests");
  private static final int STEPS = 9;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static TrainingSettings settings(double rate) {
    return TrainingSettings.of(AdamW.DEFAULT, rate, RateSchedule.of(new Cosine(), 100))
        .withAccumulation(2)
        .withSeed(3)
        .withStored(DType.F32);
  }

  private static TwoLayers task(double alpha) {
    return TwoLayers.of(SCOPE, 2, alpha).holdingOut(new Rows(-1, 2, false, 1));
  }

  private static List<Trial> search(
      TrainingTask task, List<Setting> all, RateSearch.Listener listener) {
    return search(task, trials -> trials.isEmpty() ? all : List.of(), listener);
  }

  private static List<Trial> search(
      TrainingTask task, RateSearch.Course course, RateSearch.Listener listener) {
    return InterruptibleTask.run(
        sign -> {
          try (Scope scope = SCOPE.child("search")) {
            return new RateSearch(scope, task, settings(1), STEPS, sign).run(course, listener);
          }
        });
  }

  @Test
  void trialsAreTheTrainingsOfTheirSettings() {
    List<Setting> all = List.of(new Setting(0.05, 1), new Setting(0.001, 1), new Setting(0.05, 3));
    List<String> heard = new ArrayList<>();
    List<Trial> trials =
        search(task(2), all, (trial, setting, step) -> heard.add(trial + ":" + step.step()));
    assertEquals(all, trials.stream().map(Trial::setting).toList());
    assertEquals(all.size() * STEPS, heard.size());
    assertEquals("2:" + STEPS, heard.get(heard.size() - 1));
    for (Trial trial : trials) {
      Heard whole = new Heard(0);
      TrainingSettings own =
          settings(trial.setting().rate()).withSchedule(RateSchedule.of(new Constant(), STEPS));
      TrainedAdapter trained =
          InterruptibleTask.run(
              sign -> {
                try (TrainingLoop loop =
                    new TrainingLoop(
                        SCOPE,
                        task(2 * trial.setting().scale()),
                        own,
                        CheckpointPolicy.NOTHING,
                        whole,
                        sign)) {
                  return loop.run("toy");
                }
              });
      assertEquals(trained.losses(), trial.losses());
      assertEquals(whole.validated.get(STEPS), trial.score(), 0);
      assertFalse(trial.diverged());
    }
    assertTrue(trials.get(0).score() < trials.get(1).score(), "a rate of 0.001 learns nothing");
  }

  /** Of rewards the greater is better; numbers that are not known count nothing. */
  @Test
  void trialsAreComparedByWhatTheTaskSays() {
    RateSearch.Compared rewards = new RateSearch.Compared(Optional.of("reward"), true, false);
    OptionalDouble none = OptionalDouble.empty();
    Trial low = new Trial(new Setting(1, 1), List.of(9f, 9f, 9f, 0.25f), none, rewards);
    Trial high = new Trial(new Setting(2, 1), List.of(0.001f, 0f, 0f, 0.5f), none, rewards);
    assertEquals(0.25, low.value());
    assertTrue(high.score() < low.score());
    assertFalse(high.diverged(), "far above the first, as it should be");
    Trial unknown = new Trial(new Setting(1, 1), List.of(1f, Float.NaN), none, rewards);
    assertEquals(Double.POSITIVE_INFINITY, unknown.score());
    Trial failed = new Trial(new Setting(1, 1), List.of(), none, rewards);
    assertTrue(failed.diverged() && failed.score() == Double.POSITIVE_INFINITY);
    List<Float> some = List.of(1f, 1f, 1f, 1f, Float.NaN, Float.NaN, Float.NaN, 0.5f);
    assertEquals(0.5, new Trial(new Setting(1, 1), some, none, rewards).value());
  }

  @Test
  void aRoundIsChosenByTheTrialsBefore() {
    Setting low = new Setting(0.001, 1);
    Setting high = new Setting(0.05, 1);
    List<Integer> heard = new ArrayList<>();
    List<Trial> trials =
        search(
            task(2),
            done ->
                switch (done.size()) {
                  case 0 -> List.of(low, high);
                  case 2 -> List.of(done.get(0).score() < done.get(1).score() ? low : high);
                  default -> List.of();
                },
            (trial, setting, step) -> heard.add(trial));
    assertEquals(List.of(low, high, high), trials.stream().map(Trial::setting).toList());
    assertEquals(trials.get(1), trials.get(2), "a later round has the same batches and draws");
    assertEquals(Set.of(0, 1, 2), Set.copyOf(heard));
  }

  @Test
  void ratesThatLeaveAllBoundsAreToldAndEndEarly() {
    List<Trial> trials =
        search(
            task(2),
            List.of(new Setting(1e4, 1), new Setting(0.05, 1)),
            (trial, setting, step) -> {});
    assertTrue(trials.get(0).diverged());
    assertTrue(trials.get(0).losses().size() <= STEPS);
    assertEquals(Double.POSITIVE_INFINITY, trials.get(0).score());
    assertFalse(trials.get(1).diverged());
  }

  @Test
  void withoutHeldOutRowsTheLastLossesCount() {
    Setting setting = new Setting(1, 1);
    List<Float> losses = List.of(8f, 7f, 6f, 5f, 4f, 3f, 2f, 1f);
    assertEquals(
        1.5, new Trial(setting, losses, OptionalDouble.empty(), RateSearch.Compared.LOSS).score());
    assertEquals(
        3, new Trial(setting, losses, OptionalDouble.of(3), RateSearch.Compared.LOSS).score());
    assertTrue(
        new Trial(setting, List.of(), OptionalDouble.empty(), RateSearch.Compared.LOSS).diverged());
    assertTrue(
        new Trial(setting, List.of(1f, Float.NaN), OptionalDouble.empty(), RateSearch.Compared.LOSS)
            .diverged());
  }

  @Test
  void aSearchStopsBetweenTwoSteps() {
    List<Trial> trials =
        search(
            task(2),
            List.of(new Setting(0.05, 1), new Setting(0.01, 1)),
            (trial, setting, step) -> {
              if (trial == 1 && step.step() == 3) {
                Thread.currentThread().interrupt();
              }
            });
    assertTrue(Thread.interrupted());
    assertEquals(1, trials.size());
  }
}
