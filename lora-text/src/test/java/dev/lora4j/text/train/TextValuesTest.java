package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.TrainingInterrupted;
import dev.lora4j.text.align.PolicyLosses;
import dev.lora4j.text.align.PolicyObjective;
import dev.lora4j.text.align.PolicySettings;
import dev.lora4j.text.align.ReferenceSync;
import dev.lora4j.text.align.RewardException;
import dev.lora4j.text.align.RewardFunction;
import dev.lora4j.text.align.Rewards;
import dev.lora4j.text.align.RolloutListener;
import dev.lora4j.text.align.ScoredRollout;
import dev.lora4j.text.align.ValueObjective;
import dev.lora4j.text.align.WeightedReward;
import dev.lora4j.text.data.PromptLine;
import dev.lora4j.text.data.PromptSet;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.SmallModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that learn from rewards by a value head. */
class TextValuesTest {
  @TempDir private static Path shared;
  private static Lora4j lora;
  private static LanguageModel model;

  @TempDir private Path temporary;

  private static final PromptSet PROMPTS =
      new PromptSet(
          List.of(
              PromptLine.of("The cat"),
              PromptLine.of("The dog"),
              PromptLine.of("A cat and a dog")));

  /** The share of tokens in the first half of the vocabulary. */
  private static final RewardFunction LOW =
      RewardFunction.of(
          "low",
          rollout ->
              rollout.ids().stream().filter(id -> id < 150).count()
                  / (double) rollout.ids().size());

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

  private static PolicySettings settings(double beta, int group, int iterations) {
    return PolicySettings.valued(
        PolicyObjective.of(PolicyLosses.named("ppo")),
        ValueObjective.DEFAULT,
        beta,
        group,
        8,
        SamplingSettings.at(1),
        iterations,
        false);
  }

  private static TextTrainingSettings steps(int steps) {
    return TextTrainingSettings.DEFAULT.steps(steps, 1e-2).batch(3);
  }

  private static TextTrainer trainer(
      TextTrainingSettings settings, PolicySettings how, RewardFunction reward) {
    return trainer(settings, how, reward, RolloutListener.NONE);
  }

  private static TextTrainer trainer(
      TextTrainingSettings settings,
      PolicySettings how,
      RewardFunction reward,
      RolloutListener listener) {
    return TextTrainer.on(model, settings)
        .rewards(
            PROMPTS,
            new PromptSet(List.of(PromptLine.of("The mat"))),
            how,
            Rewards.of(List.of(new WeightedReward(reward, 1))),
            listener);
  }

  private static List<RunListener.Step> run(TextTrainer trainer) {
    List<RunListener.Step> all = new ArrayList<>();
    trainer.run(all::add);
    return all;
  }

  private static double mean(List<RunListener.Step> steps, String name) {
    return steps.stream().mapToDouble(s -> s.measures().get(name)).average().orElseThrow();
  }

  /** The head says 0, so that its loss is half the squared return; nothing has changed yet. */
  @Test
  void firstStepIsWhereItShouldBe() {
    RewardFunction two = RewardFunction.of("two", rollout -> 2);
    PolicySettings how =
        PolicySettings.valued(
            PolicyObjective.of(PolicyLosses.named("ppo")),
            new ValueObjective(1, 1, 0.2, 0.1),
            0.1,
            1,
            8,
            SamplingSettings.at(1),
            2,
            false);
    List<ScoredRollout> written = new ArrayList<>();
    List<RunListener.Step> all =
        run(trainer(steps(2), how, two, (step, some) -> written.addAll(some)));
    RunListener.Step first = all.get(0);
    assertEquals(
        List.of(
            "reward",
            "reward_std",
            "rewards/two/mean",
            "rewards/two/std",
            "completions/mean_length",
            "completions/min_length",
            "completions/max_length",
            "completions/clipped_ratio",
            "completions/mean_terminated_length",
            "objective/kl",
            "objective/non_score_reward",
            "objective/entropy",
            "objective/scores",
            "objective/rlhf_reward",
            "policy/approxkl_avg",
            "policy/clipfrac_avg",
            "val/ratio",
            "policy/entropy_avg",
            "loss/value_avg",
            "val/clipfrac_avg",
            "loss/policy_avg"),
        List.copyOf(first.measures().keySet()));
    assertEquals(0, first.measures().get("loss/policy_avg"), 1e-5);
    assertEquals(1, first.measures().get("val/ratio"), 1e-5);
    assertEquals(0, first.measures().get("policy/clipfrac_avg"), 1e-12);
    assertEquals(0, first.measures().get("objective/kl"), 1e-4);
    assertEquals(2, first.measures().get("objective/rlhf_reward"), 1e-4);
    assertEquals(2, first.measures().get("loss/value_avg"), 1e-3, "half of 2 squared");
    assertEquals(0.2, first.loss(), 1e-3, "a tenth of it");
    assertTrue(first.gradientNorm() > 0);
    assertTrue(first.measures().get("objective/entropy") > 1, first.toString());
    RunListener.Step second = all.get(1);
    assertEquals(first.measures().get("objective/scores"), second.measures().get("reward"));
    assertTrue(second.measures().get("loss/value_avg") < 2, "the head has moved");
    assertEquals(3, written.size(), "one completion of each prompt");
  }

  @Test
  void rewardsGrowAndValuesFollow() {
    for (int group : List.of(1, 4)) {
      PolicySettings warm = settings(0.01, group, 2);
      PolicySettings how =
          PolicySettings.valued(
              warm.objective(),
              ValueObjective.DEFAULT,
              0.002,
              group,
              8, // cold
              SamplingSettings.at(0.2),
              2,
              false);
      TextTrainingSettings large = steps(80).batch(3);
      List<RunListener.Step> all =
          run(trainer(large.with(large.training().withAccumulation(4)), how, LOW));
      assertNotEquals(1, all.get(3).measures().get("val/ratio"), 1e-7);
      double first = mean(all.subList(0, 10), "reward");
      double last = mean(all.subList(70, 80), "reward");
      assertTrue(last > first + 0.15, group + ": " + first + " to " + last);
      assertTrue(
          mean(all.subList(70, 80), "loss/value_avg") < mean(all.subList(0, 4), "loss/value_avg"));
    }
  }

  /** The head is in checkpoints, as what it says decides what is learned; no adapter has it. */
  @Test
  void resumedRunHasTheSameBits() {
    TextTrainer trainer =
        trainer(steps(10), settings(0.05, 1, 2), LOW).sync(new ReferenceSync(4, 0.5));
    Adapter whole = trainer.run(done -> {}).adapter();
    assertEquals(
        Set.of(),
        Set.copyOf(whole.sites().keySet().stream().filter(s -> s.contains("value")).toList()));
    Path folder = temporary.resolve("checkpoints");
    CheckpointPolicy keeping =
        CheckpointPolicy.NOTHING.in(folder).every(3).validateEvery(4).previewEvery(1000);
    TrainingInterrupted told =
        assertThrows(
            TrainingInterrupted.class,
            () ->
                trainer
                    .keeping(keeping)
                    .run(
                        done -> {
                          if (done.step() == 5) {
                            Thread.currentThread().interrupt(); // as a listener asks to stop
                          }
                        }));
    Thread.interrupted();
    assertEquals(6, told.steps(), "where new completions are due");
    Adapter resumed = trainer.keeping(keeping.resume(true)).run(done -> {}).adapter();
    assertEquals(whole.identity(), resumed.identity());
    String refused =
        String.valueOf(
            assertThrows(
                    IllegalArgumentException.class,
                    () ->
                        trainer(steps(10), settings(0.06, 1, 2), LOW)
                            .sync(new ReferenceSync(4, 0.5))
                            .keeping(keeping.resume(true))
                            .run(done -> {}))
                .getMessage());
    assertTrue(refused.contains("objective"), refused);
  }

  @Test
  void accumulatedBatchesAreOneLargeOne() {
    TextTrainingSettings settings = steps(2);
    List<RunListener.Step> one = run(trainer(settings, settings(0.1, 1, 2), LOW));
    List<RunListener.Step> three =
        run(
            trainer(
                settings.batch(1).with(settings.training().withAccumulation(3)),
                settings(0.1, 1, 2),
                LOW));
    for (int i = 0; i < 2; i++) {
      assertEquals(one.get(i).loss(), three.get(i).loss(), 1e-4);
      double norm = one.get(i).gradientNorm();
      assertEquals(norm, three.get(i).gradientNorm(), 1e-3 * norm);
      for (String name : List.of("loss/value_avg", "val/ratio", "objective/kl")) {
        assertEquals(
            one.get(i).measures().get(name), three.get(i).measures().get(name), 1e-4, name);
      }
    }
  }

  @Test
  void adaptersAreTrainedFurther() {
    Adapter before = trainer(steps(10), settings(0.01, 1, 1), LOW).run(done -> {}).adapter();
    TextTrainingSettings going = steps(4);
    List<RunListener.Step> further =
        run(trainer(going.with(going.recipe().from(before)), settings(0.1, 1, 1), LOW));
    assertEquals(0, further.get(0).measures().get("objective/kl"), 1e-4);
    assertNotEquals(0, further.get(3).measures().get("objective/kl"), 1e-5);
  }

  /** Calibration looks at gradients of the base through a head of zeros. */
  @Test
  void factorsMayBeginByGradients() {
    TextTrainingSettings plain = steps(2);
    TextTrainingSettings by = plain.with(plain.recipe().start(FactorInit.LORA_GA));
    List<RunListener.Step> all = run(trainer(by, settings(0.1, 1, 2), LOW));
    assertEquals(2, all.size());
    assertTrue(all.get(0).gradientNorm() > 0);
  }

  /** Completions that are cut are left out, even all of them. */
  @Test
  void cutCompletionsMayBeLeftOut() {
    PolicySettings plain = settings(0.1, 1, 1);
    PolicySettings masked =
        PolicySettings.valued(
            plain.objective(), ValueObjective.DEFAULT, 0.1, 1, 1, plain.sampling(), 1, true);
    for (RunListener.Step step : run(trainer(steps(3), masked, LOW))) {
      if (step.measures().get("completions/clipped_ratio") == 1) {
        assertEquals(0, step.gradientNorm(), step.toString());
      }
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
                    () -> trainer(steps(2), settings(0, 1, 1), broken).run(done -> {}))
                .getMessage());
    assertTrue(told.contains("broken") && told.contains("no answer in the line"), told);
  }
}
