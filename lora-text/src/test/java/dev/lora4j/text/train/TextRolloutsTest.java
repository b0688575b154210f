package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.RateSearch;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.TrainingInterrupted;
import dev.lora4j.text.align.EntropyControl;
import dev.lora4j.text.align.EntropyUse;
import dev.lora4j.text.align.ImportanceLevel;
import dev.lora4j.text.align.ModelReward;
import dev.lora4j.text.align.PolicyLosses;
import dev.lora4j.text.align.PolicyObjective;
import dev.lora4j.text.align.PolicySettings;
import dev.lora4j.text.align.ReferenceSync;
import dev.lora4j.text.align.RewardContext;
import dev.lora4j.text.align.RewardException;
import dev.lora4j.text.align.RewardFunction;
import dev.lora4j.text.align.Rewards;
import dev.lora4j.text.align.Rollout;
import dev.lora4j.text.align.RolloutListener;
import dev.lora4j.text.align.ScoredRollout;
import dev.lora4j.text.align.WeightedReward;
import dev.lora4j.text.data.PromptLine;
import dev.lora4j.text.data.PromptSet;
import dev.lora4j.text.data.TextDataException;
import dev.lora4j.text.generate.GeneratedTokens;
import dev.lora4j.text.generate.GenerationRequest;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.generate.TextGenerator;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.SmallModel;
import dev.lora4j.text.pipeline.TextPrompt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Completions of runs that learn from rewards: how often they are learned, and what is left out.
 */
class TextRolloutsTest {
  @TempDir private static Path shared;
  private static Lora4j lora;
  private static LanguageModel model;

  @TempDir private Path temporary;

  @BeforeAll
  static void open() throws IOException {
    lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
    model = LanguageModel.open(lora, SmallModel.write(shared.resolve("model")));
  }

  @AfterAll
  static void close() {
    model.close();
    lora.close();
  }

  /** Two steps learn what was written before the first; the ratio is 1 in that one alone. */
  @Test
  void completionsAreLearnedAsOftenAsIsSaid() {
    List<Long> steps = new ArrayList<>();
    List<ScoredRollout> all = new ArrayList<>();
    RewardedRuns.Recorder recorder = new RewardedRuns.Recorder();
    RolloutListener listener =
        (step, rollouts) -> {
          steps.add(step);
          all.addAll(rollouts);
        };
    RewardedRuns.trainer(
            model,
            4,
            RewardedRuns.settings("dapo:epsilon=1e-5", 0, 2),
            listener,
            RewardedRuns.LETTERS)
        .run(recorder);
    assertEquals(List.of(1L, 3L), steps);
    assertEquals(2 * 4 + 4, all.size(), "two prompts, then the third alone");
    assertEquals(
        recorder.steps.get(0).measures().get("reward"),
        recorder.steps.get(1).measures().get("reward"));
    assertTrue(recorder.steps.get(1).measures().get("clip_ratio/region_mean") > 0);
    Rollout first = all.get(0).rollout();
    assertTrue(
        RewardedRuns.PROMPTS.prompts().stream().anyMatch(p -> p.text().equals(first.prompt())));
    assertEquals("t", first.columns().get("want"));
    assertTrue(first.ended() || first.ids().size() == 8, first.toString());
  }

  /** Also where completions are learned twice, and the run is stopped between the two. */
  @Test
  void resumedRunHasTheSameBits() {
    for (int iterations : List.of(1, 2)) {
      TextTrainer trainer =
          RewardedRuns.trainer(
                  model, 10, RewardedRuns.settings("dapo", 0.05, iterations), RewardedRuns.LETTERS)
              .sync(new ReferenceSync(2, 0.5));
      String whole = trainer.run(done -> {}).adapter().identity();
      Path folder = temporary.resolve("checkpoints" + iterations);
      CheckpointPolicy keeping =
          CheckpointPolicy.NOTHING.in(folder).every(3).validateEvery(4).previewEvery(1000);
      int stop = 5;
      TrainingInterrupted told =
          assertThrows(
              TrainingInterrupted.class,
              () ->
                  trainer
                      .keeping(keeping)
                      .run(
                          done -> {
                            if (done.step() == stop) {
                              Thread.currentThread().interrupt(); // as a listener asks to stop
                            }
                          }));
      Thread.interrupted();
      assertEquals(0, told.steps() % iterations);
      RewardedRuns.Recorder resumed = new RewardedRuns.Recorder();
      assertEquals(whole, trainer.keeping(keeping.resume(true)).run(resumed).adapter().identity());
      assertEquals(10 - told.steps(), resumed.steps.size());
      String refused =
          String.valueOf(
              assertThrows(
                      IllegalArgumentException.class,
                      () ->
                          RewardedRuns.trainer(
                                  model,
                                  10,
                                  RewardedRuns.settings("dapo", 0.06, iterations),
                                  RewardedRuns.LETTERS)
                              .sync(new ReferenceSync(2, 0.5))
                              .keeping(keeping.resume(true))
                              .run(done -> {}))
                  .getMessage());
      assertTrue(refused.contains("objective"), refused);
    }
  }

  @Test
  void resumedControlOfEntropyHasTheSameBits() {
    PolicySettings plain = RewardedRuns.settings("dapo", 0, 1);
    PolicyObjective objective =
        new PolicyObjective(
            PolicyLosses.named("dapo"),
            ImportanceLevel.TOKEN,
            0,
            true,
            EntropyUse.NONE.controlled(new EntropyControl(9, 0.1, 0, 1)));
    PolicySettings how =
        new PolicySettings(objective, plain.advantages(), 0, 4, 8, plain.sampling(), 1, false);
    TextTrainer trainer = RewardedRuns.trainer(model, 8, how, RewardedRuns.LETTERS);
    RewardedRuns.Recorder recorder = new RewardedRuns.Recorder();
    String whole = trainer.run(recorder).adapter().identity();
    assertEquals(0.3, recorder.steps.get(3).measures().get("entropy_coef"), 1e-12);
    CheckpointPolicy keeping =
        CheckpointPolicy.NOTHING.in(temporary.resolve("controlled")).every(3).previewEvery(1000);
    assertThrows(
        TrainingInterrupted.class,
        () ->
            trainer
                .keeping(keeping)
                .run(
                    done -> {
                      if (done.step() == 5) {
                        Thread.currentThread().interrupt();
                      }
                    }));
    Thread.interrupted();
    assertEquals(whole, trainer.keeping(keeping.resume(true)).run(done -> {}).adapter().identity());
  }

  /** Short trainings are those of their rates, whatever was tried before, and compare rewards. */
  @Test
  void shortTrainingsCompareRewards() {
    for (int iterations : List.of(1, 2)) {
      TextTrainer trainer =
          RewardedRuns.trainer(
              model, 3, RewardedRuns.settings("dapo", 0, iterations), RewardedRuns.LETTERS);
      RateSearch.Setting low = new RateSearch.Setting(1e-3, 1);
      RateSearch.Setting high = new RateSearch.Setting(3e-2, 1);
      List<RateSearch.Trial> trials =
          trainer.search(
              done -> done.isEmpty() ? List.of(low, high, low) : List.of(),
              3,
              (trial, setting, step) -> {});
      assertEquals(trials.get(0), trials.get(2));
      assertEquals(trials.get(0).losses().get(0), trials.get(1).losses().get(0));
      assertEquals("reward", trials.get(0).compared().measure().orElseThrow());
      RewardedRuns.Recorder recorder = new RewardedRuns.Recorder();
      trainer.run(recorder);
      assertEquals(
          recorder.steps.get(0).measures().get("reward"), trials.get(0).losses().get(0), 1e-6);
    }
  }

  /** Also where calibration looks at what the model writes before there is an adapter. */
  @Test
  void rewardFunctionsAreOpenedOnce() {
    AtomicInteger opened = new AtomicInteger();
    RewardFunction counted =
        new ModelReward() {
          @Override
          public String name() {
            return "counted";
          }

          @Override
          public RewardFunction open(RewardContext run) {
            opened.incrementAndGet();
            return RewardedRuns.LETTERS;
          }

          @Override
          public String canonical() {
            return "counted";
          }
        };
    TextTrainingSettings plain = TextTrainingSettings.DEFAULT.steps(2, 1e-3).batch(2);
    TextTrainer.on(model, plain.with(plain.recipe().rank(2, 2).start(FactorInit.EVA)))
        .rewards(
            RewardedRuns.PROMPTS,
            PromptSet.NONE,
            RewardedRuns.settings("dapo", 0, 1),
            Rewards.of(List.of(new WeightedReward(counted, 1))),
            RolloutListener.NONE)
        .run(done -> {});
    assertEquals(1, opened.get());
  }

  /** Reading a prompt once for all of its completions changes none of them. */
  @Test
  void completionsOfAPromptAreWhatEachWouldBeAlone() {
    List<GenerationRequest> requests = new ArrayList<>();
    for (String text : List.of("The cat", "A cat and a dog", "The dog")) {
      int[] ids = model.ids(TextPrompt.of(text));
      for (int seed = 0; seed < 3; seed++) {
        requests.add(
            new GenerationRequest(
                ids, 7, Set.of(), SamplingSettings.at(0.7), seed, MixPlan.NONE, token -> false));
      }
    }
    TextGenerator generator = new TextGenerator(model.programs());
    try (Scope work = model.scope().child("test")) {
      List<GeneratedTokens> alone = generator.generate(work, requests);
      List<GeneratedTokens> together = generator.groups(work, requests, 3);
      assertEquals(alone.size(), together.size());
      for (int i = 0; i < alone.size(); i++) {
        assertArrayEquals(alone.get(i).added(), together.get(i).added(), "completion " + i);
      }
    }
  }

  /** Completions that are cut are left out, even all of them. */
  @Test
  void cutCompletionsMayBeLeftOut() {
    PolicySettings plain = RewardedRuns.settings("dapo", 0, 1);
    PolicySettings masked =
        new PolicySettings(
            plain.objective(), plain.advantages(), 0, 4, 1, plain.sampling(), 1, true);
    List<ScoredRollout> all = new ArrayList<>();
    RewardedRuns.Recorder recorder = new RewardedRuns.Recorder();
    RewardedRuns.trainer(
            model, 2, masked, (step, rollouts) -> all.addAll(rollouts), RewardedRuns.LETTERS)
        .run(recorder);
    assertTrue(all.stream().allMatch(r -> r.rollout().ids().size() == 1));
    for (RunListener.Step step : recorder.steps) {
      boolean none = step.measures().get("completions/clipped_ratio") == 1;
      assertEquals(none, step.gradientNorm() == 0, step.toString());
      assertTrue(!step.skipped(), step.toString());
    }
  }

  @Test
  void failingRewardsAreNamed() {
    RewardFunction broken =
        RewardFunction.of(
            "broken",
            rollout -> {
              throw new IllegalStateException("no answer in the line");
            });
    String told =
        String.valueOf(
            assertThrows(
                    RewardException.class,
                    () ->
                        RewardedRuns.trainer(
                                model,
                                2,
                                RewardedRuns.settings("dapo", 0, 1),
                                RewardedRuns.LETTERS,
                                broken)
                            .run(done -> {}))
                .getMessage());
    assertTrue(told.contains("broken") && told.contains("no answer in the line"), told);
  }

  @Test
  void promptsWithoutRoomAreNamed() {
    PromptSet wrong =
        new PromptSet(List.of(PromptLine.of("The cat"), PromptLine.of("The cat ran. ".repeat(90))));
    String told =
        String.valueOf(
            assertThrows(
                    TextDataException.class,
                    () ->
                        TextTrainer.on(model, TextTrainingSettings.DEFAULT)
                            .rewards(
                                wrong,
                                PromptSet.NONE,
                                RewardedRuns.settings("dapo", 0, 1),
                                Rewards.of(List.of(new WeightedReward(RewardedRuns.LETTERS, 1))),
                                RolloutListener.NONE))
                .getMessage());
    assertTrue(told.contains("example 2") && told.contains("cannot be answered"), told);
  }
}
