package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.text.data.SequenceBatches;
import dev.lora4j.text.data.TaughtText;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.network.JensenShannonDivergence;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.token.TinyTokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A step that is taught by two adapters of PEFT's, against torch: see {@code distillation.py}. */
class DistillationStepTest {
  /** More places than batches have, so that the head is computed in chunks. */
  private static final long HEAD = 1L << 24;

  private static final ReferenceCase CASE = ReferenceCase.LLAMA_LORA;
  private static final Path ADAPTERS = Path.of("src/test/resources/adapters");

  @TempDir Path temp;

  @Test
  void lossAndGradientsAreThoseOfTorch() throws IOException {
    Path files = Path.of("src/test/resources/models", CASE.model());
    for (String name : List.of("config.json", "model.safetensors")) {
      Files.copy(files.resolve(name), temp.resolve(name));
    }
    try (Lora4j lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
        ReferenceSteps steps = new ReferenceSteps();
        ReferenceSteps golden = new ReferenceSteps("distillation.safetensors");
        LanguageModel model = LanguageModel.open(lora, TinyTokenizers.letters(temp), DType.F32)) {
      List<TokenSequence> rows = steps.batch(CASE.model(), 0);
      List<TextTeacher> teachers =
          List.of(
              teacher(model, "lora", 0.7, rows.get(0), rows.get(2)),
              teacher(model, "rslora", -0.5, rows.get(1)));
      int checked = 0;
      for (String key : List.of("0.0-1.0", "0.1-1.0", "0.5-1.0", "0.9-1.0", "1.0-1.0", "0.5-2.0")) {
        int dash = key.indexOf('-');
        JensenShannonDivergence divergence =
            new JensenShannonDivergence(
                Double.parseDouble(key.substring(0, dash)),
                Double.parseDouble(key.substring(dash + 1)));
        step(model, new Distillation(teachers, divergence), steps, golden, "step/" + key);
        checked++;
      }
      assertEquals(6, checked);
    }
  }

  private static TextTeacher teacher(
      LanguageModel model, String name, double weight, TokenSequence... rows) {
    List<TaughtText> texts = List.of(rows).stream().map(TaughtText::of).toList();
    return new TextTeacher(model.adapter(ADAPTERS.resolve(name)), weight, "", texts, List.of());
  }

  private static void step(
      LanguageModel model,
      Distillation taught,
      ReferenceSteps steps,
      ReferenceSteps golden,
      String key) {
    try (Scope scope = model.scope().child("step")) {
      AdapterPlan plan = CASE.recipe().plan(model.base().sites().all());
      SequenceBatches order = new SequenceBatches(taught.learned(), 3, 0, false);
      SequenceTask task =
          new SequenceTask(
              new DivergenceLoss(scope, new HeadUse(model, HEAD), taught), plan, order, List.of());
      Staging staging =
          new Staging(new Graph(), DType.F32, task.groups(), task.plan(), Staging.Purpose.TRAINING);
      TaskLoss program = staging.staged(task.loss(staging));
      FlatLayout layout = program.factors().layout();
      float[] start = steps.start(CASE, layout);
      GradientOf gradient = GradientOf.of(scope, program, task, layout, start);
      gradient.run(task.together(List.of(taught.learned())).get(0).inputs(scope));
      double expected = golden.numbers(key + "/loss")[0];
      assertTrue(expected > 0);
      assertEquals(expected, gradient.loss(), 1e-5 * expected, key);
      golden.assertClose(key, "gradient", layout, gradient.values(), 1e-4, 5e-4);
    }
  }
}
