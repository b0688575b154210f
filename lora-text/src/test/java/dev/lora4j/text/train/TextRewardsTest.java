package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.text.align.Advantages;
import dev.lora4j.text.align.EntropyControl;
import dev.lora4j.text.align.EntropyUse;
import dev.lora4j.text.align.ImportanceLevel;
import dev.lora4j.text.align.PolicyLosses;
import dev.lora4j.text.align.PolicyObjective;
import dev.lora4j.text.align.PolicySettings;
import dev.lora4j.text.align.ReferenceSync;
import dev.lora4j.text.align.RewardFunction;
import dev.lora4j.text.align.Rewards;
import dev.lora4j.text.align.RolloutListener;
import dev.lora4j.text.align.WeightedReward;
import dev.lora4j.text.data.PromptSet;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.SmallModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that learn from rewards of what the model writes. */
class TextRewardsTest {
  @TempDir private static Path shared;
  private static Lora4j lora;
  private static LanguageModel model;

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

  /** The advantages of a group add up to 0, and nothing has changed yet. */
  @Test
  void firstLossIsNothingAndMoves() {
    RewardedRuns.Recorder recorder = new RewardedRuns.Recorder();
    RewardedRuns.trainer(model, 1, RewardedRuns.settings("grpo", 0, 1), RewardedRuns.LETTERS)
        .run(recorder);
    RunListener.Step first = recorder.steps.get(0);
    assertEquals(0, first.loss(), 1e-6);
    assertTrue(first.gradientNorm() > 0);
    assertEquals(
        List.of(
            "reward",
            "reward_std",
            "frac_reward_zero_std",
            "rewards/letters/mean",
            "rewards/letters/std",
            "completions/mean_length",
            "completions/min_length",
            "completions/max_length",
            "completions/clipped_ratio",
            "completions/mean_terminated_length",
            "clip_ratio/low_mean",
            "clip_ratio/high_mean",
            "clip_ratio/region_mean",
            "entropy"),
        List.copyOf(first.measures().keySet()));
    assertTrue(first.measures().get("entropy") > 1, first.measures().toString());
    assertTrue(recorder.heldOut.get(0).get("reward") >= 0);
  }

  /** Cold, as the model from chance has likelihoods that hardly differ. */
  private static PolicySettings cold(PolicySettings how) {
    return new PolicySettings(
        how.objective(),
        how.advantages(),
        how.rewardBeta(),
        16,
        8,
        SamplingSettings.at(0.2),
        how.iterations(),
        false);
  }

  @Test
  void rewardsGrow() {
    for (PolicySettings how :
        List.of(
            RewardedRuns.settings("dapo", 0, 1),
            RewardedRuns.settings("grpo", 0.02, 2),
            RewardedRuns.rloo(0.002))) {
      RewardedRuns.Recorder recorder = new RewardedRuns.Recorder();
      RewardedRuns.trainer(model, 40, cold(how), RewardedRuns.LOW).run(recorder);
      double first = recorder.reward(0, 5);
      double last = recorder.reward(35, 40);
      assertTrue(last > first + 0.15, how.objective().loss().name() + " " + first + " to " + last);
      assertTrue(recorder.heldOut.get(40).get("reward") > recorder.heldOut.get(0).get("reward"));
    }
  }

  /** With an adapter that is trained further, the distance is from that one. */
  @Test
  void referenceIsTheAdapterThatIsTrainedFurther() {
    Adapter before =
        RewardedRuns.trainer(model, 20, RewardedRuns.settings("dapo", 0, 1), RewardedRuns.LETTERS)
            .run(done -> {})
            .adapter();
    TextTrainingSettings going = TextTrainingSettings.DEFAULT.steps(4, 1e-2).batch(2);
    TextTrainingSettings further = going.with(going.recipe().from(before));
    RewardedRuns.Recorder recorder = new RewardedRuns.Recorder();
    TextTrainer.on(model, further)
        .rewards(
            RewardedRuns.PROMPTS,
            PromptSet.NONE,
            RewardedRuns.settings("dapo", 0.1, 1),
            Rewards.of(List.of(new WeightedReward(RewardedRuns.LETTERS, 1))),
            RolloutListener.NONE)
        .run(recorder);
    assertEquals(0, recorder.steps.get(0).measures().get("kl"), 1e-5);
    assertNotEquals(0, recorder.steps.get(3).measures().get("kl"), 1e-5);
    assertTrue(recorder.heldOut.isEmpty());
  }

  /** A reference that is the model before each step is no distance away. */
  @Test
  void referenceThatIsTheModelCostsNothing() {
    for (PolicySettings how :
        List.of(RewardedRuns.settings("dapo", 0.1, 1), RewardedRuns.rloo(0.1))) {
      RewardedRuns.Recorder recorder = new RewardedRuns.Recorder();
      RewardedRuns.trainer(model, 4, how, RewardedRuns.LETTERS)
          .sync(new ReferenceSync(1, 1))
          .run(recorder);
      for (RunListener.Step step : recorder.steps) {
        assertEquals(0, step.measures().get("kl"), 1e-5, "step " + step.step());
      }
      RewardedRuns.Recorder still = new RewardedRuns.Recorder();
      RewardedRuns.trainer(model, 4, how, RewardedRuns.LETTERS).run(still);
      assertNotEquals(0, still.steps.get(3).measures().get("kl"), 1e-5);
    }
    assertThrows(
        IllegalArgumentException.class,
        () ->
            RewardedRuns.trainer(
                    model, 1, RewardedRuns.settings("dapo", 0, 1), RewardedRuns.LETTERS)
                .sync(new ReferenceSync(1, 1)));
  }

  /** Completions of a step count alike, in whichever of its batches they are. */
  @Test
  void accumulatedBatchesAreOneLargeOne() {
    for (String loss : List.of("dapo", "grpo", "dr_grpo", "luspo")) {
      RewardedRuns.Recorder one = new RewardedRuns.Recorder();
      RewardedRuns.Recorder two = new RewardedRuns.Recorder();
      accumulated(loss, 2, 1).run(one);
      accumulated(loss, 1, 2).run(two);
      for (int i = 0; i < 2; i++) {
        assertEquals(one.steps.get(i).loss(), two.steps.get(i).loss(), 1e-4, loss);
        assertEquals(
            one.steps.get(i).gradientNorm(),
            two.steps.get(i).gradientNorm(),
            1e-3 * one.steps.get(i).gradientNorm(),
            loss);
      }
    }
  }

  private static TextTrainer accumulated(String loss, int batch, int accumulate) {
    TextTrainingSettings settings = TextTrainingSettings.DEFAULT.steps(2, 1e-2).batch(batch);
    return TextTrainer.on(model, settings.with(settings.training().withAccumulation(accumulate)))
        .rewards(
            new PromptSet(RewardedRuns.PROMPTS.prompts().subList(0, 2)),
            PromptSet.NONE,
            RewardedRuns.settings(loss, 0.1, 1),
            Rewards.of(List.of(new WeightedReward(RewardedRuns.LETTERS, 1))),
            RolloutListener.NONE);
  }

  /** Where all completions get the same, nothing is learned, and that is seen. */
  @Test
  void groupsWithoutSpreadAreShown() {
    RewardedRuns.Recorder recorder = new RewardedRuns.Recorder();
    RewardedRuns.trainer(
            model, 2, RewardedRuns.settings("dapo", 0, 1), RewardFunction.of("same", rollout -> 1))
        .run(recorder);
    assertEquals(1, recorder.steps.get(0).measures().get("frac_reward_zero_std"));
    assertEquals(0, recorder.steps.get(1).gradientNorm(), 1e-12);
  }

  /** A model whose entropy is rewarded stays less sure of itself. */
  @Test
  void rewardedEntropyStaysGreater() {
    double plain = entropyAfter(EntropyUse.NONE);
    double rewarded = entropyAfter(new EntropyUse(0.5, 1));
    assertTrue(rewarded > plain + 0.1, plain + " and " + rewarded);
    RewardedRuns.Recorder some = new RewardedRuns.Recorder();
    RewardedRuns.trainer(model, 2, exploring(new EntropyUse(0.1, 0.2)), RewardedRuns.LETTERS)
        .run(some);
    assertTrue(some.steps.get(0).measures().containsKey("policy_loss"));
    assertTrue(some.steps.get(0).gradientNorm() > 0);
  }

  /** Steps pay for the entropy only after one that was at or below the target. */
  @Test
  void controlledEntropyIsPaidWhereItIsLow() {
    EntropyControl control = new EntropyControl(4, 0.05, 0, 0.5);
    RewardedRuns.Recorder recorder = new RewardedRuns.Recorder();
    TextTrainer trainer =
        RewardedRuns.trainer(
            model, 12, exploring(new EntropyUse(0.1, 1).controlled(control)), RewardedRuns.LETTERS);
    trainer.run(recorder);
    EntropyControl.State state = EntropyControl.State.first(0.1);
    for (RunListener.Step step : recorder.steps) {
      assertEquals(control.applied(state), step.measures().get("entropy_coef"), 1e-12);
      state = control.after(state, step.measures().get("entropy"));
    }
    RewardedRuns.Recorder again = new RewardedRuns.Recorder();
    trainer.run(again);
    assertEquals(recorder.steps.get(11).loss(), again.steps.get(11).loss(), "it begins anew");
  }

  private static double entropyAfter(EntropyUse use) {
    RewardedRuns.Recorder recorder = new RewardedRuns.Recorder();
    RewardedRuns.trainer(model, 15, exploring(use), RewardedRuns.LETTERS).run(recorder);
    return recorder.steps.get(14).measures().get("entropy");
  }

  private static PolicySettings exploring(EntropyUse use) {
    PolicyObjective objective =
        new PolicyObjective(PolicyLosses.named("dapo"), ImportanceLevel.TOKEN, 0, true, use);
    Advantages by = new Advantages.GroupRelative(Advantages.Scale.GROUP);
    return new PolicySettings(objective, by, 0, 8, 8, SamplingSettings.at(0.3), 1, false);
  }
}
