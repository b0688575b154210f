package dev.lora4j.text.train;

import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.text.align.Advantages;
import dev.lora4j.text.align.ImportanceLevel;
import dev.lora4j.text.align.PolicyLosses;
import dev.lora4j.text.align.PolicyObjective;
import dev.lora4j.text.align.PolicySettings;
import dev.lora4j.text.align.RewardFunction;
import dev.lora4j.text.align.Rewards;
import dev.lora4j.text.align.RolloutListener;
import dev.lora4j.text.align.WeightedReward;
import dev.lora4j.text.data.PromptLine;
import dev.lora4j.text.data.PromptSet;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.pipeline.LanguageModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Prompts, rewards and settings of runs that learn from rewards on a small model. */
final class RewardedRuns {
  static final PromptSet PROMPTS =
      new PromptSet(
          List.of(
              new PromptLine("The cat", List.of(), Map.of("want", "t")),
              new PromptLine("The dog", List.of(), Map.of("want", "t")),
              new PromptLine("A cat and a dog", List.of(), Map.of("want", "t"))));

  static final PromptSet HELD = new PromptSet(List.of(PromptLine.of("The mat")));

  /** The share of a letter that the prompt's line names. */
  static final RewardFunction LETTERS =
      RewardFunction.of(
          "letters",
          rollout -> {
            String want = String.valueOf(rollout.columns().getOrDefault("want", "t"));
            String text = rollout.completion();
            return text.chars().filter(c -> c == want.charAt(0)).count()
                / (double) Math.max(1, text.length());
          });

  /** The share of tokens in the first half of the vocabulary. */
  static final RewardFunction LOW =
      RewardFunction.of(
          "low",
          rollout ->
              rollout.ids().stream().filter(id -> id < 150).count()
                  / (double) rollout.ids().size());

  private RewardedRuns() {}

  static PolicySettings settings(String loss, double beta, int iterations) {
    PolicyObjective objective =
        new PolicyObjective(PolicyLosses.named(loss), ImportanceLevel.TOKEN, beta, true);
    Advantages by = new Advantages.GroupRelative(Advantages.Scale.GROUP);
    return new PolicySettings(objective, by, 0, 4, 8, SamplingSettings.at(1), iterations, false);
  }

  static PolicySettings rloo(double beta) {
    PolicyObjective objective =
        new PolicyObjective(PolicyLosses.named("rloo"), ImportanceLevel.SEQUENCE, 0, true);
    Advantages by = new Advantages.LeaveOneOut(false);
    return new PolicySettings(objective, by, beta, 4, 8, SamplingSettings.at(1), 1, false);
  }

  static TextTrainer trainer(
      LanguageModel model, int steps, PolicySettings how, RewardFunction... rewards) {
    return trainer(model, steps, how, RolloutListener.NONE, rewards);
  }

  static TextTrainer trainer(
      LanguageModel model,
      int steps,
      PolicySettings how,
      RolloutListener listener,
      RewardFunction... rewards) {
    List<WeightedReward> all = new ArrayList<>();
    for (RewardFunction each : rewards) {
      all.add(new WeightedReward(each, 1));
    }
    TextTrainingSettings settings = TextTrainingSettings.DEFAULT.steps(steps, 1e-2).batch(2);
    return TextTrainer.on(model, settings).rewards(PROMPTS, HELD, how, Rewards.of(all), listener);
  }

  /** The numbers of all steps, and the last ones of what is held out. */
  static final class Recorder implements RunListener {
    final List<Step> steps = new ArrayList<>();
    final Map<Integer, Map<String, Double>> heldOut = new HashMap<>();

    @Override
    public void step(Step done) {
      steps.add(done);
    }

    @Override
    public void measured(int step, Map<String, Double> measures) {
      heldOut.put(step, measures);
    }

    double reward(int from, int to) {
      return steps.subList(from, to).stream()
          .mapToDouble(s -> s.measures().get("reward"))
          .average()
          .orElseThrow();
    }
  }
}
