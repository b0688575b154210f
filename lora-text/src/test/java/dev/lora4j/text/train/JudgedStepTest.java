package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.text.align.UnpairedObjective;
import dev.lora4j.text.data.JudgedCompletion;
import dev.lora4j.text.data.SequenceBatches;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.token.TinyTokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Steps on judged completions against TRL's loss and PEFT's model: {@code judged_completions.py}.
 */
class JudgedStepTest {
  private static final ReferenceCase CASE = ReferenceCase.LLAMA_LORA;
  private static final String STEP = "step/";
  private static final List<Boolean> GOOD = List.of(true, true, false, false, true, false);

  @TempDir Path temp;

  private static Set<String> settings() {
    try (TensorStore file =
        TensorStore.open(Path.of("src/test/resources/judged-completions.safetensors"))) {
      return file.tensors().keySet().stream()
          .filter(key -> key.startsWith(STEP) && key.endsWith("/loss"))
          .map(key -> key.substring(STEP.length(), key.lastIndexOf('/')))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static UnpairedObjective objective(String name) {
    String[] parts = name.split("\\|", -1);
    return UnpairedObjective.named(parts[0], Double.parseDouble(parts[1]));
  }

  /** The rows of two batches; a first token that counts has nothing before it. */
  private static List<JudgedCompletion> completions(ReferenceSteps steps) {
    List<TokenSequence> rows = new ArrayList<>(steps.batch(CASE.model(), 0));
    rows.addAll(steps.batch(CASE.model(), 1));
    List<JudgedCompletion> all = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      TokenSequence row = rows.get(i);
      int prompt = row.ids().length - row.learned();
      all.add(new JudgedCompletion(row, prompt, GOOD.get(i)));
    }
    return all;
  }

  @Test
  void lossAndGradientsAreThoseOfTrl() throws IOException {
    Path files = Path.of("src/test/resources/models", CASE.model());
    for (String name : List.of("config.json", "model.safetensors")) {
      Files.copy(files.resolve(name), temp.resolve(name));
    }
    try (Lora4j lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
        LanguageModel model = LanguageModel.open(lora, TinyTokenizers.letters(temp), DType.F64);
        ReferenceSteps steps = new ReferenceSteps();
        ReferenceSteps golden = new ReferenceSteps("judged-completions.safetensors")) {
      assertEquals(5, settings().size());
      for (String name : settings()) {
        try (Scope scope = model.scope().child("step")) {
          JudgedTexts texts = new JudgedTexts(objective(name), completions(steps), List.of(), 64);
          AdapterPlan plan = CASE.recipe().plan(model.base().sites().all());
          SequenceTask task =
              new SequenceTask(
                  new JudgedCompletionLoss(model, texts, Optional.empty()),
                  plan,
                  new SequenceBatches(texts.learned(), 6, 0, false),
                  List.of());
          Staging staging =
              new Staging(new Graph(), DType.F64, task.groups(), plan, Staging.Purpose.TRAINING);
          TaskLoss program = staging.staged(task.loss(staging));
          FlatLayout layout = program.factors().layout();
          float[] start = steps.start(CASE, layout);
          GradientOf gradient = GradientOf.of(scope, program, task, layout, start);
          gradient.run(task.together(List.of(texts.learned())).get(0).inputs(scope));
          double expected = golden.numbers(STEP + name + "/loss")[0];
          assertEquals(expected, gradient.loss(), 1e-9, name);
          golden.assertClose(STEP + name, "gradient", layout, gradient.values(), 1e-9, 1e-8);
        }
      }
    }
  }
}
