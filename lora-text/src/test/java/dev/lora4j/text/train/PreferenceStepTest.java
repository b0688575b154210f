package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.text.align.PairWeighting;
import dev.lora4j.text.align.PreferenceLosses;
import dev.lora4j.text.align.PreferenceObjective;
import dev.lora4j.text.align.ScoreDivergence;
import dev.lora4j.text.data.PreferencePair;
import dev.lora4j.text.data.TokenSequence;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Steps of learning from pairs against TRL's loss and PEFT's model: {@code preference_pairs.py}.
 */
class PreferenceStepTest {
  /** More places than batches have, so that the head is computed in chunks. */
  private static final long HEAD = 1L << 24;

  private static final ReferenceCase CASE = ReferenceCase.LLAMA_LORA;
  private static final String GOLDEN = "preference-pairs.safetensors";
  private static final String STEP = "step/";

  @TempDir Path temp;

  /** Pairs of a batch and the next: the rows of the first are chosen. */
  private static Preferences pairs(ReferenceModel at, int first, PreferenceObjective objective) {
    List<TokenSequence> rows = at.rows(first);
    int half = rows.size() / 2;
    List<PreferencePair> pairs = new ArrayList<>();
    for (int i = 0; i < half; i++) {
      pairs.add(new PreferencePair(rows.get(i), rows.get(half + i)));
    }
    return new Preferences(objective, pairs, List.of());
  }

  /** The task of pairs, with a fresh adapter. */
  private static SequenceTask task(ReferenceModel at, Preferences pairs) {
    return at.task(
        new PreferencePairLoss(
            new HeadUse(at.model(), HEAD), pairs, Optional.empty(), Optional.empty()),
        pairs.learned());
  }

  private static PreferenceObjective objective(String name) {
    String[] parts = name.split("\\|", -1);
    List<String> more = List.of(parts).subList(3, parts.length);
    return new PreferenceObjective(
        Arrays.stream(parts[0].split("\\+", -1)).map(PreferenceLosses::weighted).toList(),
        ScoreDivergence.named(parts[1], 0.5),
        Double.parseDouble(parts[2]),
        more.stream()
            .filter(one -> one.startsWith("ld="))
            .mapToDouble(one -> Double.parseDouble(one.substring(3)))
            .findFirst()
            .orElse(1),
        more.contains("wpo") ? PairWeighting.WPO : PairWeighting.NONE);
  }

  /** By a step of plain descent, which moves the factors by their gradient. */
  @Test
  void lossAndGradientsAreThoseOfTrl() throws IOException {
    try (ReferenceModel opened = ReferenceModel.open(CASE, temp, GOLDEN)) {
      int checked = 0;
      for (String name : opened.settings(STEP)) {
        try (Scope scope = opened.model().scope().child("step")) {
          Preferences pairs = pairs(opened, 0, objective(name));
          SequenceTask task = task(opened, pairs);
          TaskLoss program = ReferenceModel.staged(task);
          FlatLayout layout = program.factors().layout();
          float[] start = opened.steps().start(CASE, layout);
          GradientOf gradient = GradientOf.of(scope, program, task, layout, start);
          gradient.run(task.together(List.of(pairs.learned())).get(0).inputs(scope));
          double expected = opened.golden().numbers(STEP + name + "/loss")[0];
          // TRL takes EXO's smoothing in F32.
          double tolerance = name.startsWith("exo") ? 1e-6 : 1e-9;
          assertEquals(expected, gradient.loss(), tolerance * Math.abs(expected), name);
          opened
              .golden()
              .assertClose(
                  STEP + name, "gradient", layout, gradient.values(), tolerance, 10 * tolerance);
          checked++;
        }
      }
      assertTrue(checked > 44, "only " + checked);
    }
  }

  @Test
  void tenStepsAreThoseOfTorch() throws IOException {
    PreferenceObjective objective = objective("sigmoid+sft:weight=0.2|reverse_kl|0.1");
    try (ReferenceModel opened = ReferenceModel.open(CASE, temp, GOLDEN);
        Scope scope = opened.model().scope().child("run")) {
      SequenceTask first = task(opened, pairs(opened, 0, objective));
      double[] losses = opened.golden().numbers("run/losses");
      double[] norms = opened.golden().numbers("run/norms");
      try (ReferenceRun run =
          ReferenceRun.of(scope, first, layout -> opened.steps().start(CASE, layout))) {
        for (int i = 0; i < losses.length; i++) {
          Preferences pairs = pairs(opened, 2 * i, objective);
          try (Scope work = scope.child("batch")) {
            List<Tensor> batch =
                task(opened, pairs).together(List.of(pairs.learned())).get(0).inputs(work);
            TrainingRun.Outcome found = run.step(batch);
            assertEquals(losses[i], found.loss(), 2e-7 * losses[i], "step " + i);
            assertEquals(norms[i], found.gradientNorm(), 1e-6 * norms[i], "step " + i);
            assertEquals(
                List.of(
                    "rewards/accuracies",
                    "rewards/margins",
                    "rewards/chosen",
                    "rewards/rejected",
                    "logps/chosen",
                    "logps/rejected"),
                List.copyOf(found.measures().keySet()));
          }
        }
        opened.golden().assertClose("run", "trained", run.layout(), run.trained(), 1e-8);
      }
    }
  }
}
