package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.StepSettings;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.TrainingState;
import dev.lora4j.core.train.TrainingStep;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.optimizer.AdamW;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.text.align.PreferenceLosses;
import dev.lora4j.text.align.PreferenceObjective;
import dev.lora4j.text.align.ScoreDivergence;
import dev.lora4j.text.data.PreferencePair;
import dev.lora4j.text.data.SequenceBatches;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.token.TinyTokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Steps of learning from pairs against TRL's loss and PEFT's model: {@code preference_pairs.py}.
 */
class PreferenceStepTest {
  private static final ReferenceCase CASE = ReferenceCase.LLAMA_LORA;
  private static final double RATE = 1e-2;
  private static final String STEP = "step/";

  @TempDir Path temp;

  /** A model, the script's batches, and what it wrote of pairs. */
  private record Opened(
      Lora4j lora, LanguageModel model, ReferenceSteps steps, ReferenceSteps golden)
      implements AutoCloseable {
    static Opened of(Path folder, DType compute) throws IOException {
      Path files = Path.of("src/test/resources/models", CASE.model());
      for (String name : List.of("config.json", "model.safetensors")) {
        Files.copy(files.resolve(name), folder.resolve(name));
      }
      Lora4j lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
      return new Opened(
          lora,
          LanguageModel.open(lora, TinyTokenizers.letters(folder), compute),
          new ReferenceSteps(),
          new ReferenceSteps("preference-pairs.safetensors"));
    }

    /** Pairs of a batch and the next: the rows of the first are chosen. */
    Preferences pairs(int first, PreferenceObjective objective) {
      List<TokenSequence> chosen = steps.batch(CASE.model(), first);
      List<TokenSequence> rejected = steps.batch(CASE.model(), first + 1);
      List<PreferencePair> pairs = new ArrayList<>();
      for (int i = 0; i < chosen.size(); i++) {
        pairs.add(new PreferencePair(chosen.get(i), rejected.get(i)));
      }
      return new Preferences(objective, pairs, List.of());
    }

    /** The task of pairs, with a fresh adapter. */
    SequenceTask task(Preferences pairs) {
      AdapterPlan plan = CASE.recipe().plan(model.base().sites().all());
      SequenceBatches order = new SequenceBatches(pairs.learned(), 3, 0, false);
      return new SequenceTask(
          new PreferencePairLoss(model, pairs, Optional.empty()), plan, order, List.of());
    }

    @Override
    public void close() {
      golden.close();
      steps.close();
      model.close();
      lora.close();
    }
  }

  private static Set<String> settings() {
    try (TensorStore file =
        TensorStore.open(Path.of("src/test/resources/preference-pairs.safetensors"))) {
      return file.tensors().keySet().stream()
          .filter(key -> key.startsWith(STEP) && key.endsWith("/loss"))
          .map(key -> key.substring(STEP.length(), key.lastIndexOf('/')))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static PreferenceObjective objective(String name) {
    String[] parts = name.split("\\|", -1);
    return new PreferenceObjective(
        Arrays.stream(parts[0].split("\\+", -1)).map(PreferenceLosses::weighted).toList(),
        ScoreDivergence.named(parts[1], 0.5),
        Double.parseDouble(parts[2]));
  }

  private static TaskLoss staged(SequenceTask task, DType compute) {
    Staging staging =
        new Staging(new Graph(), compute, task.groups(), task.plan(), Staging.Purpose.TRAINING);
    return staging.staged(task.loss(staging));
  }

  /** By a step of plain descent, which moves the factors by their gradient. */
  @Test
  void lossAndGradientsAreThoseOfTrl() throws IOException {
    try (Opened opened = Opened.of(temp, DType.F64)) {
      int checked = 0;
      for (String name : settings()) {
        try (Scope scope = opened.model.scope().child("step")) {
          Preferences pairs = opened.pairs(0, objective(name));
          SequenceTask task = opened.task(pairs);
          TaskLoss program = staged(task, DType.F64);
          FlatLayout layout = program.factors().layout();
          float[] start = opened.steps.start(CASE, layout);
          GradientOf gradient = GradientOf.of(scope, program, task, layout, start);
          gradient.run(task.together(List.of(pairs.learned())).get(0).inputs(scope));
          double expected = opened.golden.numbers(STEP + name + "/loss")[0];
          // TRL takes EXO's smoothing in F32.
          double tolerance = name.startsWith("exo") ? 1e-6 : 1e-9;
          assertEquals(expected, gradient.loss(), tolerance * Math.abs(expected), name);
          opened.golden.assertClose(
              STEP + name, "gradient", layout, gradient.values(), tolerance, 10 * tolerance);
          checked++;
        }
      }
      assertTrue(checked > 30, "only " + checked);
    }
  }

  @Test
  void tenStepsAreThoseOfTorch() throws IOException {
    PreferenceObjective objective = objective("sigmoid+sft:weight=0.2|reverse_kl|0.1");
    try (Opened opened = Opened.of(temp, DType.F64);
        Scope scope = opened.model.scope().child("run")) {
      SequenceTask first = opened.task(opened.pairs(0, objective));
      TaskLoss program = staged(first, DType.F64);
      FlatLayout layout = program.factors().layout();
      float[] start = opened.steps.start(CASE, layout);
      TrainingStep step =
          TrainingStep.compile(
              scope,
              program.parameters(),
              program.loss(),
              program.measures(),
              StepSettings.of(new AdamW(0.9, 0.999, 1e-8, 1e-2), 1));
      TrainingState state = TrainingState.begin(scope, step, layout, start);
      double[] losses = opened.golden.numbers("run/losses");
      double[] norms = opened.golden.numbers("run/norms");
      Map<String, Tensor> own = program.factors().held(scope, start);
      try (TrainingRun run =
          step.bind(
              scope,
              state,
              layout,
              name -> Optional.ofNullable(own.get(name)).orElseGet(() -> first.held(name)))) {
        for (int i = 0; i < losses.length; i++) {
          Preferences pairs = opened.pairs(2 * i, objective);
          try (Scope work = scope.child("batch")) {
            List<Tensor> batch =
                opened.task(pairs).together(List.of(pairs.learned())).get(0).inputs(work);
            TrainingRun.Outcome found = run.step(RATE, batch);
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
      }
      opened.golden.assertClose(
          "run", "trained", layout, HostTensor.of(state.weights()).doubles(), 1e-8);
    }
  }
}
