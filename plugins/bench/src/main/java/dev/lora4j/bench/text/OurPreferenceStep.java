package dev.lora4j.bench.text;

import dev.lora4j.bench.Contender;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.run.AdapterStep;
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

/** Ours: a step of DPO on two pairs, with the base as the reference in the same program. */
final class OurPreferenceStep implements Contender {
  /** Pairs of a step. */
  static final int PAIRS = 2;

  /** Tokens of each prompt. */
  static final int PROMPT = 128;

  /** Tokens of a prompt with its answer. */
  static final int TOKENS = 256;

  private final Scope scope;
  private final LanguageModel model;
  private final TrainingRun run;
  private final List<Tensor> batch;

  OurPreferenceStep(LanguageModel model) {
    this.model = model;
    scope = model.scope().child("step");
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
    AdapterStep step = new AdapterStep(scope, task, settings.training());
    run = step.bind(scope, step.begin(scope));
    batch = step.inputs(scope, 0, task.batches(0, 1).get(0));
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

  private TrainingRun.Outcome step() {
    return run.step(OurTextStep.RATE, batch);
  }

  @Override
  public String name() {
    return "ours";
  }

  /** Loss and log-probabilities of the answers before the first step. */
  @Override
  public double[] check() {
    TrainingRun.Outcome first = step();
    Map<String, Float> measures = first.measures();
    return new double[] {
      first.loss(),
      measures.getOrDefault("logps/chosen", Float.NaN),
      measures.getOrDefault("logps/rejected", Float.NaN)
    };
  }

  @Override
  public double[] run(int units) {
    return Contender.timed(units, this::step);
  }

  @Override
  public void close() {
    scope.close();
    model.close();
  }
}
