package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.text.align.Advantages;
import dev.lora4j.text.align.ImportanceLevel;
import dev.lora4j.text.align.PolicyLosses;
import dev.lora4j.text.align.PolicyObjective;
import dev.lora4j.text.align.PolicySettings;
import dev.lora4j.text.align.RewardFunction;
import dev.lora4j.text.align.Rewards;
import dev.lora4j.text.align.RolloutListener;
import dev.lora4j.text.align.ScoredRollout;
import dev.lora4j.text.align.WeightedReward;
import dev.lora4j.text.align.reward.Regex;
import dev.lora4j.text.data.PromptLine;
import dev.lora4j.text.data.PromptSet;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.SmallModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Numbers and files that tell of rewards. */
class RewardReportTest {
  private static final PromptSet PROMPTS =
      new PromptSet(List.of(PromptLine.of("The cat"), PromptLine.of("The dog")));

  /** Between 0 and 100, and hardly the same twice. */
  private static final RewardFunction MANY =
      RewardFunction.of(
          "many", rollout -> rollout.ids().stream().mapToInt(id -> id % 101).average().orElse(0));

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

  private static PolicySettings settings(String loss, Advantages by, double rewardBeta) {
    PolicyObjective objective =
        new PolicyObjective(PolicyLosses.named(loss), ImportanceLevel.TOKEN, 0, true);
    return new PolicySettings(objective, by, rewardBeta, 4, 8, SamplingSettings.at(1), 1, false);
  }

  private static TextTrainer trainer(
      TextTrainingSettings settings,
      PolicySettings how,
      RolloutListener listener,
      WeightedReward... rewards) {
    return TextTrainer.on(model, settings)
        .rewards(PROMPTS, PromptSet.NONE, how, Rewards.of(List.of(rewards)), listener);
  }

  /** Advantages are made of other numbers; what is shown is what was given. */
  @Test
  void shownRewardsAreWeightedSums() {
    for (PolicySettings how :
        List.of(
            settings("dapo", new Advantages.EachNormalised(), 0),
            settings("rloo", new Advantages.LeaveOneOut(false), 0.5))) {
      List<ScoredRollout> all = new ArrayList<>();
      List<Map<String, Double>> steps = new ArrayList<>();
      trainer(
              TextTrainingSettings.DEFAULT.steps(3, 1e-1).batch(2),
              how,
              (step, rollouts) -> all.addAll(rollouts),
              new WeightedReward(MANY, 2))
          .run(step -> steps.add(step.measures()));
      assertEquals(24, all.size());
      for (ScoredRollout one : all) {
        double many = one.rewards().get("many").orElseThrow();
        assertEquals(2 * many, one.reward().orElseThrow(), 1e-12);
      }
      double mean =
          all.subList(16, 24).stream()
              .mapToDouble(r -> r.reward().orElseThrow())
              .average()
              .orElse(0);
      assertTrue(mean > 20, all.toString());
      assertEquals(mean, steps.get(2).get("reward"), 1e-9);
      assertEquals(2 * steps.get(2).get("rewards/many/mean"), mean, 1e-9);
    }
  }

  /** Where rewards pay for the distance, it is reported, and advantages have it. */
  @Test
  void paidDistanceIsReported() {
    List<Map<String, Double>> steps = new ArrayList<>();
    List<ScoredRollout> all = new ArrayList<>();
    trainer(
            TextTrainingSettings.DEFAULT.steps(4, 1e-1).batch(2),
            settings("rloo", new Advantages.LeaveOneOut(false), 100),
            (step, rollouts) -> all.addAll(rollouts),
            new WeightedReward(RewardFunction.of("same", rollout -> 1), 1))
        .run(step -> steps.add(step.measures()));
    assertEquals(0, steps.get(0).get("kl"), 1e-6);
    assertTrue(all.subList(0, 8).stream().allMatch(r -> Math.abs(r.advantage()) < 1e-2));
    assertEquals(1, steps.get(3).get("reward"));
    assertEquals(1, steps.get(3).get("frac_reward_zero_std"));
  }

  /** Calibration writes completions of its own, which no step learns and nobody is shown. */
  @Test
  void calibrationIsNoStep() {
    List<Long> steps = new ArrayList<>();
    TextTrainingSettings plain = TextTrainingSettings.DEFAULT.steps(2, 1e-2).batch(2);
    TextTrainingSettings settings = plain.with(plain.recipe().start(FactorInit.LORA_GA));
    trainer(
            settings,
            settings("dapo", new Advantages.GroupRelative(Advantages.Scale.GROUP), 0),
            (step, rollouts) -> steps.add(step),
            new WeightedReward(MANY, 1))
        .run(step -> {});
    assertEquals(List.of(1L, 2L), steps);
  }

  @Test
  void headerNamesFunctionsWithoutTheirSettings() {
    String header =
        trainer(
                TextTrainingSettings.DEFAULT.steps(1, 1e-2).batch(2),
                settings("dapo", new Advantages.GroupRelative(Advantages.Scale.GROUP), 0),
                RolloutListener.NONE,
                new WeightedReward(new Regex("secret", false), 0.5))
            .run(step -> {})
            .adapter()
            .metadata()
            .toString();
    assertTrue(header.contains("regex=0.5"), header);
    assertFalse(header.contains("secret"), header);
  }
}
