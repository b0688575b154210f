package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.text.align.RewardObjective;
import dev.lora4j.text.data.PreferencePair;
import dev.lora4j.text.data.SequenceBatches;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.pipeline.RewardModel;
import dev.lora4j.text.token.TinyTokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Steps of a reward model against TRL's loss and PEFT's model: {@code reward_pairs.py}. */
class RewardStepTest {
  private static final String STEP = "step/";
  private static final String LOSS = "/loss";
  private static final List<String> MEASURES =
      List.of("accuracy", "margin", "min_reward", "mean_reward", "max_reward");

  @TempDir private static Path folder;
  private static final Lora4j LORA = Lora4j.open(EngineOptions.DEFAULT.threads(1));
  private static final ReferenceSteps TEXTS = new ReferenceSteps();
  private static final ReferenceSteps GOLDEN = new ReferenceSteps("reward-pairs.safetensors");
  private static RewardModel model;

  @BeforeAll
  static void open() throws IOException {
    Path files = Path.of("src/test/resources/models/llama");
    for (String name : List.of("config.json", "model.safetensors")) {
      Files.copy(files.resolve(name), folder.resolve(name));
    }
    model =
        RewardModel.open(
            LORA.engine().scope("reward model"),
            TinyTokenizers.letters(folder),
            TextLoadOptions.in(DType.F64),
            3);
  }

  @AfterAll
  static void close() {
    model.close();
    GOLDEN.close();
    TEXTS.close();
    LORA.close();
  }

  /** Pairs of a batch and the next: the rows of the first are chosen. */
  private static RatedPairs pairs(int first, boolean margins, double centring) {
    List<TokenSequence> rows = new ArrayList<>(TEXTS.batch("llama", first));
    int half = rows.size();
    rows.addAll(TEXTS.batch("llama", first + 1));
    double[] all = GOLDEN.numbers("margins");
    List<PreferencePair> pairs = new ArrayList<>();
    for (int i = 0; i < half; i++) {
      OptionalDouble margin = margins ? OptionalDouble.of(all[i]) : OptionalDouble.empty();
      pairs.add(new PreferencePair(rows.get(i), rows.get(half + i), margin));
    }
    return new RatedPairs(new RewardObjective(centring), pairs, List.of());
  }

  private static SequenceTask task(RatedPairs pairs) {
    int batch = pairs.learned().size();
    return new SequenceTask(
        new RewardPairLoss(model, pairs),
        HeadPlan.of(ReferenceCase.LLAMA_LORA.recipe(), model.base(), model.network()),
        new SequenceBatches(pairs.learned(), batch, 0, false),
        List.of());
  }

  private static Set<String> settings() {
    return GOLDEN.keys().stream()
        .filter(key -> key.startsWith(STEP) && key.endsWith(LOSS))
        .map(key -> key.substring(STEP.length(), key.length() - LOSS.length()))
        .collect(Collectors.toSet());
  }

  @Test
  void lossAndGradientsAreThoseOfTrl() {
    Set<String> all = settings();
    assertEquals(6, all.size());
    for (String name : all) {
      String[] parts = name.split("\\|", -1);
      RatedPairs pairs = pairs(0, Boolean.parseBoolean(parts[0]), Double.parseDouble(parts[1]));
      try (Scope scope = model.scope().child(STEP)) {
        SequenceTask task = task(pairs);
        TaskLoss program = ReferenceModel.staged(task);
        FlatLayout layout = program.factors().layout();
        GradientOf gradient =
            GradientOf.of(scope, program, task, layout, GOLDEN.flat("start", layout));
        gradient.run(task.together(List.of(pairs.learned())).get(0).inputs(scope));
        double expected = GOLDEN.numbers(STEP + name + LOSS)[0];
        assertEquals(expected, gradient.loss(), 1e-9 * expected, name);
        GOLDEN.assertClose(STEP + name, "gradient", layout, gradient.values(), 1e-9, 1e-8);
      }
    }
  }

  @Test
  void tenStepsAndTheirMeasuresAreThoseOfTorch() {
    try (Scope scope = model.scope().child("run")) {
      SequenceTask first = task(pairs(0, true, 0.01));
      double[] losses = GOLDEN.numbers("run/losses");
      double[] norms = GOLDEN.numbers("run/norms");
      try (ReferenceRun run =
          ReferenceRun.of(scope, first, layout -> GOLDEN.flat("start", layout))) {
        for (int i = 0; i < losses.length; i++) {
          RatedPairs pairs = pairs(2 * i, true, 0.01);
          try (Scope work = scope.child("batch")) {
            List<Tensor> batch = task(pairs).together(List.of(pairs.learned())).get(0).inputs(work);
            TrainingRun.Outcome found = run.step(batch);
            assertEquals(losses[i], found.loss(), 2e-7 * losses[i], "step " + i);
            assertEquals(norms[i], found.gradientNorm(), 1e-6 * norms[i], "step " + i);
            assertEquals(MEASURES, List.copyOf(found.measures().keySet()));
            if (i == 0) {
              assertMeasures(found.measures());
            }
          }
        }
        assertTrue(losses.length >= 10);
        GOLDEN.assertClose("run", "trained", run.layout(), run.trained(), 1e-8);
      }
    }
  }

  /** Measures are F32. */
  private static void assertMeasures(Map<String, Float> found) {
    for (String name : MEASURES) {
      double expected = GOLDEN.numbers(STEP + "true|0.01/" + name)[0];
      assertEquals(expected, found.get(name), 2e-7 * Math.abs(expected), name);
    }
  }
}
