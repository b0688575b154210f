package dev.lora4j.bench.text;

import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.run.TrainingTask;
import dev.lora4j.text.align.PreferenceLosses;
import dev.lora4j.text.align.PreferenceObjective;
import dev.lora4j.text.data.PreferencePair;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.train.TextTrainer;
import dev.lora4j.text.train.TextTrainingSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Steps of DPO on two pairs, with the base as the reference in the same program. */
final class OurPreferenceStep {
  /** Pairs of a step. */
  static final int PAIRS = 2;

  /** Tokens of each prompt. */
  static final int PROMPT = 128;

  /** Tokens of a prompt with its answer. */
  static final int TOKENS = 256;

  private OurPreferenceStep() {}

  /** Steps of which loss and log-probabilities of the answers are compared. */
  static OurTrainingStep of(LanguageModel model) {
    List<PreferencePair> pairs = new ArrayList<>();
    for (int pair = 0; pair < PAIRS; pair++) {
      pairs.add(new PreferencePair(sequence(pair, pair), sequence(pair, PAIRS + pair)));
    }
    TextTrainingSettings settings =
        TextTrainingSettings.DEFAULT.with(OurTextStep.recipe()).batch(PAIRS);
    PreferenceObjective objective =
        PreferenceObjective.of(PreferenceLosses.named("sigmoid", Map.of()));
    TrainingTask task =
        TextTrainer.on(model, settings).preferences(pairs, List.of(), objective).task();
    return new OurTrainingStep(model.scope(), task, settings, OurPreferenceStep::compared);
  }

  /** The tokens of a prompt and of an answer, by their numbers. */
  static int[] ids(int prompt, int answer) {
    int[] ids = ModelOfChance.SMOLLM2.ids(answer, TOKENS);
    System.arraycopy(ModelOfChance.SMOLLM2.ids(prompt, TOKENS), 0, ids, 0, PROMPT);
    return ids;
  }

  private static TokenSequence sequence(int prompt, int answer) {
    boolean[] counted = new boolean[TOKENS];
    Arrays.fill(counted, PROMPT, TOKENS, true);
    return new TokenSequence(ids(prompt, answer), counted, new int[0], -1);
  }

  private static double[] compared(TrainingRun.Outcome first) {
    Map<String, Float> measures = first.measures();
    return new double[] {
      first.loss(),
      measures.getOrDefault("logps/chosen", Float.NaN),
      measures.getOrDefault("logps/rejected", Float.NaN)
    };
  }
}
