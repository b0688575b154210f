package dev.lora4j.bench.text;

import dev.lora4j.bench.Contender;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.TrainingState;
import dev.lora4j.core.train.run.AdapterStep;
import dev.lora4j.core.train.run.TrainingBatch;
import dev.lora4j.core.train.run.TrainingTask;
import dev.lora4j.text.align.Advantages;
import dev.lora4j.text.align.PolicyLosses;
import dev.lora4j.text.align.PolicyObjective;
import dev.lora4j.text.align.PolicySettings;
import dev.lora4j.text.align.RewardFunction;
import dev.lora4j.text.align.Rewards;
import dev.lora4j.text.align.WeightedReward;
import dev.lora4j.text.data.PromptLine;
import dev.lora4j.text.data.PromptSet;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.train.TextTrainer;
import dev.lora4j.text.train.TextTrainingSettings;
import java.util.List;

/** Ours: completions of a prompt, their rewards, and a step of GRPO that learns of them. */
final class OurRolloutStep implements Contender {
  /** Completions of the prompt. */
  static final int GROUP = 8;

  /** The most tokens of each. */
  static final int TOKENS = 64;

  /** The prompt, a token for each of its words. */
  static final String TEXT = "text".repeat(64);

  private final Scope scope;
  private final LanguageModel model;
  private final TrainingTask task;
  private final AdapterStep step;
  private final TrainingState state;
  private final TrainingRun run;
  private long number;
  private int written;

  OurRolloutStep(LanguageModel model) {
    this.model = model;
    scope = model.scope().child("step");
    TextTrainingSettings settings =
        TextTrainingSettings.DEFAULT.with(OurTextStep.recipe()).batch(1);
    PolicySettings how =
        new PolicySettings(
            PolicyObjective.of(PolicyLosses.named("dapo")),
            new Advantages.GroupRelative(Advantages.Scale.GROUP),
            0,
            GROUP,
            TOKENS,
            SamplingSettings.at(1),
            1,
            false);
    RewardFunction odd =
        RewardFunction.of("odd", r -> r.ids().stream().filter(id -> id % 2 == 1).count());
    task =
        TextTrainer.on(model, settings)
            .rewards(
                new PromptSet(List.of(PromptLine.of(TEXT))),
                PromptSet.NONE,
                how,
                Rewards.of(List.of(new WeightedReward(odd, 1))),
                (at, rollouts) -> written = rollouts.size())
            .task();
    step = new AdapterStep(scope, task, settings.training());
    state = step.begin(scope);
    run = step.bind(scope, state);
  }

  private float step() {
    List<TrainingBatch> made = task.batches(number, 1, step.now("bench", state));
    try (Scope work = scope.child("batch")) {
      return run.step(OurTrainingStep.RATE, step.inputs(work, number++, made.get(0))).loss();
    }
  }

  @Override
  public String name() {
    return "ours";
  }

  /** Numbers of completions, which are drawn by chance, each side's own. */
  @Override
  public double[] check() {
    step();
    return new double[] {written, model.tokenizer().encode(TEXT).length, TOKENS};
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
