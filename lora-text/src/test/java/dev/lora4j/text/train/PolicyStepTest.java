package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.text.align.Advantages;
import dev.lora4j.text.align.EntropyControl;
import dev.lora4j.text.align.EntropyUse;
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
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.pipeline.LanguageModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Steps on fixed completions against TRL's loss and PEFT's model: {@code policy_rollouts.py}. */
class PolicyStepTest {
  /** More places than batches have, so that the head is computed in chunks. */
  private static final long HEAD = 1L << 24;

  private static final ReferenceCase CASE = ReferenceCase.LLAMA_LORA;
  private static final String GOLDEN = "policy-rollouts.safetensors";
  private static final String STEP = "step/";
  private static final String SHARED = "shared/";
  private static final int GROUP = 3;
  private static final double[] ADVANTAGES = {0.9, -0.3, -0.6, 1.1, -1.1, 0.0};

  @TempDir Path temp;

  /** Completions of a batch and the next, with what is known of them. */
  private static Generation generation(ReferenceModel at, int first, boolean old) {
    return generation(at, at.rows(first), old);
  }

  /** The completions of each group behind the prompt of its first row. */
  private static List<TokenSequence> shared(List<TokenSequence> rows) {
    List<TokenSequence> all = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      TokenSequence head = rows.get(i - i % GROUP);
      TokenSequence own = rows.get(i);
      int prompt = head.ids().length - head.learned();
      int from = own.ids().length - own.learned();
      int[] ids = Arrays.copyOf(head.ids(), prompt + own.learned());
      System.arraycopy(own.ids(), from, ids, prompt, own.learned());
      boolean[] counted = new boolean[ids.length];
      Arrays.fill(counted, prompt, ids.length, true);
      all.add(new TokenSequence(ids, counted, new int[0], -1));
    }
    return all;
  }

  private static Generation generation(ReferenceModel at, List<TokenSequence> rows, boolean old) {
    double[] before = old ? at.golden().numbers(STEP + "before") : new double[0];
    IdentityHashMap<TokenSequence, Generation.Known> known = new IdentityHashMap<>();
    int token = 0;
    for (int i = 0; i < rows.size(); i++) {
      int end = old ? token + rows.get(i).learned() : 0;
      known.put(
          rows.get(i),
          new Generation.Known(
              ADVANTAGES[i], Arrays.copyOfRange(before, token, end), new double[0]));
      token = end;
    }
    return new Generation(0, List.of(rows), List.of(), Map.of(), known);
  }

  private static PolicyRolloutLoss loss(
      LanguageModel model, PolicyObjective objective, boolean old) {
    SamplingSettings sampling = SamplingSettings.at(0.9);
    Advantages by = new Advantages.LeaveOneOut(false);
    PolicySettings settings =
        new PolicySettings(objective, by, 0, GROUP, 9, sampling, old ? 2 : 1, false);
    Rewards rewards = Rewards.of(List.of(new WeightedReward(RewardFunction.of("none", r -> 0), 1)));
    RewardedPrompts prompts =
        new RewardedPrompts(
            new PromptSequences(model, new PromptSet(List.of(PromptLine.of("a"))), PromptSet.NONE),
            settings,
            rewards,
            RolloutListener.NONE);
    PolicyRollouts rollouts =
        new PolicyRollouts(model.scope(), model, prompts, 0, MixPlan.NONE, Optional.empty());
    return new PolicyRolloutLoss(new HeadUse(model, HEAD), prompts, rollouts, false);
  }

  private static PolicyObjective objective(String name) {
    String[] parts = name.split("\\|", -1);
    double[] numbers = Arrays.stream(parts).skip(4).mapToDouble(Double::parseDouble).toArray();
    EntropyUse use = numbers.length == 0 ? EntropyUse.NONE : new EntropyUse(numbers[0], numbers[1]);
    return new PolicyObjective(
        PolicyLosses.named(parts[0]),
        ImportanceLevel.valueOf(parts[1].toUpperCase(Locale.ROOT)),
        Double.parseDouble(parts[2]),
        parts[3].equals("True"),
        numbers.length <= 2
            ? use
            : use.controlled(new EntropyControl(numbers[2], numbers[3], numbers[4], numbers[5])));
  }

  @Test
  void lossAndGradientsAreThoseOfTrl() throws IOException {
    try (ReferenceModel opened = ReferenceModel.open(CASE, temp, GOLDEN)) {
      int checked = 0;
      for (String name : opened.settings(STEP)) {
        boolean old = name.startsWith("before ");
        try (Scope scope = opened.model().scope().child("step")) {
          PolicyRolloutLoss loss =
              loss(opened.model(), objective(name.replace("before ", "")), old);
          Generation generation = generation(opened, 0, old);
          loss.learn(generation);
          SequenceTask task = opened.task(loss, opened.rows(0));
          TaskLoss program = ReferenceModel.staged(task);
          FlatLayout layout = program.factors().layout();
          float[] start = opened.steps().start(CASE, layout);
          GradientOf gradient = GradientOf.of(scope, program, task, layout, start);
          gradient.run(task.together(generation.batches()).get(0).inputs(scope));
          double expected = opened.golden().numbers(STEP + name + "/loss")[0];
          // TRL has the temperatures of SAPO in F32.
          double tolerance = name.contains("sapo") ? 1e-7 : 1e-9;
          assertEquals(expected, gradient.loss(), tolerance, name);
          opened
              .golden()
              .assertClose(
                  STEP + name, "gradient", layout, gradient.values(), tolerance, 10 * tolerance);
          checked++;
        }
      }
      assertTrue(checked > 20, "only " + checked);
    }
  }

  /** A prompt that is computed once for its completions is the same as one for each. */
  @Test
  void sharedPromptsChangeNothing() throws IOException {
    try (ReferenceModel opened = ReferenceModel.open(CASE, temp, GOLDEN)) {
      assertEquals(3, opened.settings(SHARED).size());
      for (String name : opened.settings(SHARED)) {
        try (Scope scope = opened.model().scope().child("step")) {
          PolicyRolloutLoss loss = loss(opened.model(), objective(name), false);
          Generation generation = generation(opened, shared(opened.rows(0)), false);
          loss.learn(generation);
          SequenceTask task = opened.task(loss, opened.rows(0));
          TaskLoss program = ReferenceModel.staged(task);
          FlatLayout layout = program.factors().layout();
          float[] start = opened.steps().start(CASE, layout);
          GradientOf gradient = GradientOf.of(scope, program, task, layout, start);
          List<Tensor> inputs = task.together(generation.batches()).get(0).inputs(scope);
          assertTrue(inputs.get(0).shape().size(0) < generation.known().size(), "shared rows");
          gradient.run(inputs);
          double expected = opened.golden().numbers(SHARED + name + "/loss")[0];
          assertEquals(expected, gradient.loss(), 1e-9, name);
          opened
              .golden()
              .assertClose(SHARED + name, "gradient", layout, gradient.values(), 1e-9, 1e-8);
        }
      }
    }
  }

  /** Of completions in rows of their own, by {@code policy_entropy.py}. */
  @Test
  void entropyCountsAsInTrl() throws IOException {
    try (ReferenceModel opened = ReferenceModel.open(CASE, temp, "policy-entropy.safetensors")) {
      assertEquals(17, opened.settings("").size());
      for (String name : opened.settings("")) {
        try (Scope scope = opened.model().scope().child("step")) {
          PolicyRolloutLoss loss = loss(opened.model(), objective(name), false);
          Generation generation = generation(opened, 0, false);
          loss.learn(generation);
          SequenceTask task = opened.task(loss, opened.rows(0));
          TaskLoss program = ReferenceModel.staged(task);
          FlatLayout layout = program.factors().layout();
          float[] start = opened.steps().start(CASE, layout);
          GradientOf gradient = GradientOf.of(scope, program, task, layout, start);
          gradient.run(task.together(generation.batches()).get(0).inputs(scope));
          double expected = opened.golden().numbers(name + "/loss")[0];
          assertEquals(expected, gradient.loss(), 1e-9, name);
          opened.golden().assertClose(name, "gradient", layout, gradient.values(), 1e-9, 1e-8);
        }
      }
    }
  }

  /** Coefficients, and what steps with them do, by {@code policy_entropy.py}. */
  @Test
  void controlledEntropyIsThatOfTrl() throws IOException {
    try (ReferenceModel opened = ReferenceModel.open(CASE, temp, "policy-entropy.safetensors")) {
      Set<String> names =
          opened.golden().keys().stream()
              .filter(key -> key.startsWith("adaptive/") && key.endsWith("/losses"))
              .map(key -> key.substring(0, key.lastIndexOf('/')))
              .collect(Collectors.toSet());
      assertEquals(2, names.size());
      for (String name : names) {
        try (Scope scope = opened.model().scope().child("run")) {
          controlled(opened, scope, name);
        }
      }
    }
  }

  private static void controlled(ReferenceModel opened, Scope scope, String name) {
    double[] losses = opened.golden().numbers(name + "/losses");
    double[] norms = opened.golden().numbers(name + "/norms");
    double[] coefficients = opened.golden().numbers(name + "/coefficients");
    double[] entropies = opened.golden().numbers(name + "/entropies");
    PolicyRolloutLoss loss =
        loss(opened.model(), objective(name.substring(name.indexOf('/') + 1)), false);
    SequenceTask task = opened.task(loss, opened.rows(0));
    try (ReferenceRun run =
        ReferenceRun.of(scope, task, layout -> opened.steps().start(CASE, layout))) {
      for (int i = 0; i < losses.length; i++) {
        Generation generation = generation(opened, 2 * i % 20, false);
        loss.learn(generation);
        try (Scope work = scope.child("batch")) {
          TrainingRun.Outcome found =
              run.step(task.together(generation.batches()).get(0).inputs(work));
          assertEquals(losses[i], found.loss(), 1e-6 * Math.max(1, losses[i]), name + " " + i);
          assertEquals(norms[i], found.gradientNorm(), 1e-5 * norms[i], name + " " + i);
          Map<String, Double> measures = new HashMap<>();
          found.measures().forEach((key, number) -> measures.put(key, number.doubleValue()));
          loss.taken(
              new RunListener.Step(i + 1, losses.length, found.loss(), 0, 0, false, measures));
        }
        double[] state =
            task.state().values().stream().map(HostTensor::doubles).findFirst().orElseThrow();
        assertEquals(coefficients[i], state[0], 1e-12, name + " " + i);
        assertEquals(entropies[i], state[1], 1e-6, name + " " + i);
      }
      opened.golden().assertClose(name, "trained", run.layout(), run.trained(), 1e-6);
    }
  }

  /** Also that what is left of a difference has no side that it prefers. */
  @Test
  void fiftyStepsAreThoseOfTorch() throws IOException {
    try (ReferenceModel opened = ReferenceModel.open(CASE, temp, GOLDEN);
        Scope scope = opened.model().scope().child("run")) {
      PolicyRolloutLoss loss = loss(opened.model(), objective("dapo|token|0.2|True"), false);
      SequenceTask task = opened.task(loss, opened.rows(0));
      double[] losses = opened.golden().numbers("run/losses");
      double[] norms = opened.golden().numbers("run/norms");
      assertEquals(50, losses.length);
      double residual = 0;
      double absolute = 0;
      try (ReferenceRun run =
          ReferenceRun.of(scope, task, layout -> opened.steps().start(CASE, layout))) {
        for (int i = 0; i < losses.length; i++) {
          Generation generation = generation(opened, 2 * i % 20, false);
          loss.learn(generation);
          try (Scope work = scope.child("batch")) {
            List<Tensor> batch = task.together(generation.batches()).get(0).inputs(work);
            TrainingRun.Outcome found = run.step(batch);
            assertEquals(losses[i], found.loss(), 1e-6 * Math.max(1, losses[i]), "step " + i);
            assertEquals(norms[i], found.gradientNorm(), 1e-5 * norms[i], "step " + i);
            residual += norms[i] - found.gradientNorm();
            absolute += Math.abs(norms[i] - found.gradientNorm());
          }
        }
        assertTrue(Math.abs(residual) <= 0.9 * absolute, residual + " of " + absolute);
        opened.golden().assertClose("run", "trained", run.layout(), run.trained(), 1e-6);
      }
    }
  }
}
