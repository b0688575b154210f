package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.text.align.PolicyLosses;
import dev.lora4j.text.align.PolicyObjective;
import dev.lora4j.text.align.PolicySettings;
import dev.lora4j.text.align.RewardFunction;
import dev.lora4j.text.align.Rewards;
import dev.lora4j.text.align.RolloutListener;
import dev.lora4j.text.align.ValueObjective;
import dev.lora4j.text.align.WeightedReward;
import dev.lora4j.text.data.PromptLine;
import dev.lora4j.text.data.PromptSet;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.network.ValueHead;
import dev.lora4j.text.pipeline.LanguageModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Steps of PPO on fixed completions against TRL's code: {@code value_rollouts.py}. */
class ValueStepTest {
  /** More places than batches have, so that the head is computed in chunks. */
  private static final long HEAD = 1L << 24;

  private static final ReferenceCase CASE = ReferenceCase.LLAMA_LORA;
  private static final String GOLDEN = "value-rollouts.safetensors";
  private static final double TEMPERATURE = 0.9;
  private static final int ROWS = 6;
  private static final int EPOCHS = 4;

  @TempDir Path temp;

  private static PolicySettings settings(int iterations) {
    return PolicySettings.valued(
        PolicyObjective.of(PolicyLosses.named("ppo")),
        new ValueObjective(0.97, 0.9, 0.2, 0.3),
        0.1,
        1,
        9,
        SamplingSettings.at(TEMPERATURE),
        iterations,
        false);
  }

  private static PolicyRolloutLoss loss(LanguageModel model, int iterations) {
    Rewards rewards = Rewards.of(List.of(new WeightedReward(RewardFunction.of("none", r -> 0), 1)));
    RewardedPrompts prompts =
        new RewardedPrompts(
            new PromptSequences(model, new PromptSet(List.of(PromptLine.of("a"))), PromptSet.NONE),
            settings(iterations),
            rewards,
            RolloutListener.NONE);
    PolicyRollouts rollouts =
        new PolicyRollouts(model.scope(), model, prompts, 0, MixPlan.NONE, Optional.empty());
    return new PolicyRolloutLoss(new HeadUse(model, HEAD), prompts, rollouts, false);
  }

  /** Parts of numbers of tokens, row by row. */
  private static List<double[]> divided(double[] tokens, List<TokenSequence> rows) {
    List<double[]> all = new ArrayList<>();
    int at = 0;
    for (TokenSequence row : rows) {
      all.add(Arrays.copyOfRange(tokens, at, at += row.learned()));
    }
    assertEquals(tokens.length, at);
    return all;
  }

  private static Generation generation(
      List<TokenSequence> rows, List<double[]> before, List<ValuedTokens.Completion> valued) {
    IdentityHashMap<TokenSequence, Generation.Known> known = new IdentityHashMap<>();
    for (int i = 0; i < rows.size(); i++) {
      known.put(
          rows.get(i),
          new Generation.Known(
              valued.get(i).gain(), before.get(i), new double[0], Optional.of(valued.get(i))));
    }
    return new Generation(0, List.of(rows), List.of(), Map.of(), known);
  }

  @Test
  void lossAndGradientsAreThoseOfTrl() throws IOException {
    try (ReferenceModel opened = ReferenceModel.open(CASE, temp, GOLDEN)) {
      for (String name : List.of("step/fresh", "step/later")) {
        try (Scope scope = opened.model().scope().child("step")) {
          List<TokenSequence> rows = opened.rows(0);
          List<double[]> gains = divided(opened.golden().numbers(name + "/gains"), rows);
          List<double[]> values = divided(opened.golden().numbers(name + "/values"), rows);
          List<double[]> returns = divided(opened.golden().numbers(name + "/returns"), rows);
          List<ValuedTokens.Completion> valued = new ArrayList<>();
          for (int i = 0; i < rows.size(); i++) {
            valued.add(new ValuedTokens.Completion(gains.get(i), values.get(i), returns.get(i)));
          }
          // Fresh ones are as they were without being told so.
          PolicyRolloutLoss loss = loss(opened.model(), name.endsWith("later") ? EPOCHS : 1);
          Generation generation =
              generation(rows, divided(opened.golden().numbers(name + "/before"), rows), valued);
          loss.learn(generation);
          SequenceTask task = opened.task(loss, rows);
          TaskLoss program = ReferenceModel.staged(task);
          FlatLayout layout = program.factors().layout();
          assertTrue(layout.slot(ValueHead.WEIGHT).isPresent(), "the head is trained");
          float[] start = opened.golden().flat("step/start", layout);
          GradientOf gradient = GradientOf.of(scope, program, task, layout, start);
          gradient.run(task.together(generation.batches()).get(0).inputs(scope));
          assertEquals(opened.golden().numbers(name + "/loss")[0], gradient.loss(), 1e-9, name);
          opened.golden().assertClose(name, "gradient", layout, gradient.values(), 1e-9, 1e-8);
        }
      }
    }
  }

  /** Generations that are learned four times each, from tables to trained numbers. */
  @Test
  void stepsAreThoseOfTorch() throws IOException {
    try (ReferenceModel opened = ReferenceModel.open(CASE, temp, GOLDEN);
        Scope scope = opened.model().scope().child("run")) {
      PolicyRolloutLoss loss = loss(opened.model(), EPOCHS);
      SequenceTask task = opened.task(loss, opened.rows(0));
      double[] losses = opened.golden().numbers("run/losses");
      double[] policies = opened.golden().numbers("run/policies");
      double[] values = opened.golden().numbers("run/values");
      double[] norms = opened.golden().numbers("run/norms");
      double[] scores = opened.golden().numbers("run/scores");
      assertEquals(scores.length / ROWS * EPOCHS, losses.length);
      try (ReferenceRun run =
          ReferenceRun.of(scope, task, layout -> opened.golden().flat("run/start", layout))) {
        for (int i = 0; i < losses.length; i++) {
          int of = i / EPOCHS;
          List<TokenSequence> rows = opened.rows(2 * of);
          if (i % EPOCHS == 0) {
            String at = "run/" + of + "/";
            List<double[]> before = divided(opened.golden().numbers(at + "before"), rows);
            List<double[]> said = divided(opened.golden().numbers(at + "values"), rows);
            List<FrozenReference.Tokens> tokens = new ArrayList<>();
            for (int row = 0; row < rows.size(); row++) {
              tokens.add(new FrozenReference.Tokens(before.get(row), said.get(row)));
            }
            ValuedTokens valued =
                ValuedTokens.of(
                    settings(EPOCHS),
                    Arrays.copyOfRange(scores, of * ROWS, (of + 1) * ROWS),
                    tokens,
                    divided(opened.golden().numbers(at + "reference"), rows));
            loss.learn(generation(rows, before, valued.each()));
          }
          try (Scope work = scope.child("batch")) {
            List<Tensor> batch = task.together(latest(loss)).get(0).inputs(work);
            TrainingRun.Outcome found = run.step(batch);
            assertEquals(losses[i], found.loss(), 1e-6, "step " + i);
            assertEquals(norms[i], found.gradientNorm(), 1e-5 * norms[i], "step " + i);
            assertEquals(policies[i], found.measures().get("loss/policy_avg"), 1e-6, "step " + i);
            assertEquals(values[i], found.measures().get("loss/value_avg"), 1e-6, "step " + i);
          }
        }
        opened.golden().assertClose("run", "trained", run.layout(), run.trained(), 1e-6);
      }
    }
  }

  /** The batches of a step that learns again what was written before. */
  private static List<List<TokenSequence>> latest(PolicyRolloutLoss loss) {
    return loss.made(1, List.of(), new TrainedModel(() -> MixPlan.NONE, name -> none()));
  }

  private static HostTensor none() {
    throw new IllegalStateException("nothing is written here");
  }

  /** A step begins with the numbers that the model gave when completions were written. */
  @Test
  void valuesWhenWrittenAreThoseOfTheHead() throws IOException {
    try (ReferenceModel opened = ReferenceModel.open(CASE, temp, GOLDEN);
        Scope scope = opened.model().scope().child("values")) {
      PolicyRolloutLoss loss = loss(opened.model(), 1);
      List<TokenSequence> rows = opened.rows(0);
      SequenceTask task = opened.task(loss, rows);
      TaskLoss program = ReferenceModel.staged(task);
      FlatLayout layout = program.factors().layout();
      float[] start = opened.golden().flat("step/start", layout);
      MixPlan adapter =
          MixPlan.of(
              new Adapter("start", program.factors().factors(start, start, DType.F32), Map.of()),
              1);
      FrozenReference found =
          new FrozenReference(
              scope,
              opened.model(),
              adapter,
              TEMPERATURE,
              Map.of(
                  ValueHead.WEIGHT, head(layout, start, ValueHead.WEIGHT),
                  ValueHead.BIAS, head(layout, start, ValueHead.BIAS)));
      FrozenReference.Tokens tokens = found.valued(rows);
      assertArrayEquals(opened.golden().numbers("step/fresh/values"), tokens.values(), 1e-6);
      assertArrayEquals(opened.golden().numbers("step/fresh/before"), tokens.likelihoods(), 1e-6);
    }
  }

  private static HostTensor head(FlatLayout layout, float[] flat, String name) {
    FlatLayout.Slot slot = layout.slot(name).orElseThrow();
    int from = (int) slot.offset();
    Shape shape = slot.parameter().shape();
    return HostTensor.of(shape, Arrays.copyOfRange(flat, from, from + (int) shape.elements()));
  }
}
