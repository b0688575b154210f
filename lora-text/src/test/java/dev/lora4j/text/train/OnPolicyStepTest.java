package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.text.align.OnPolicySettings;
import dev.lora4j.text.align.RolloutListener;
import dev.lora4j.text.data.PromptLine;
import dev.lora4j.text.data.PromptSet;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.network.JensenShannonDivergence;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.token.TinyTokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps of on-policy distillation against TRL's loss and PEFT's model: {@code on_policy.py}. */
class OnPolicyStepTest {
  /** More places than batches have, so that the head is computed in chunks. */
  private static final long CHUNKS = 1L << 24;

  private static final ReferenceCase CASE = ReferenceCase.LLAMA_LORA;
  private static final String GOLDEN = "on-policy.safetensors";
  private static final String STEP = "step/";

  @TempDir Path temp;

  private static LanguageModel teacher(ReferenceModel student, Path folder) throws IOException {
    Path files = Path.of("src/test/resources/models/gpt2");
    for (String name : List.of("config.json", "model.safetensors")) {
      Files.copy(files.resolve(name), folder.resolve(name));
    }
    return LanguageModel.open(student.lora(), TinyTokenizers.letters(folder), DType.F64);
  }

  private static OnPolicyLoss loss(
      Scope scope, ReferenceModel at, LanguageModel teacher, String name, long places) {
    String[] parts = name.split("\\|", -1);
    JensenShannonDivergence divergence =
        new JensenShannonDivergence(Double.parseDouble(parts[0]), Double.parseDouble(parts[1]));
    OnPolicyTeaching teaching =
        new OnPolicyTeaching(
            new PromptSequences(
                at.model(), new PromptSet(List.of(PromptLine.of("a"))), PromptSet.NONE),
            new PolicyTeacher(teacher, MixPlan.NONE),
            new OnPolicySettings(divergence, 8, SamplingSettings.at(1), false),
            RolloutListener.NONE);
    return new OnPolicyLoss(scope, new HeadUse(at.model(), places), teaching, 0);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, CHUNKS})
  void lossAndGradientsAreThoseOfTrl(long places) throws IOException {
    try (ReferenceModel opened = ReferenceModel.open(CASE, temp, GOLDEN);
        LanguageModel teacher = teacher(opened, Files.createDirectory(temp.resolve("teacher")))) {
      assertEquals(5, opened.settings(STEP).size());
      for (String name : opened.settings(STEP)) {
        try (Scope scope = opened.model().scope().child("step")) {
          List<TokenSequence> rows = opened.steps().batch(CASE.model(), 0);
          SequenceTask task = opened.task(loss(scope, opened, teacher, name, places), rows);
          TaskLoss program = ReferenceModel.staged(task);
          FlatLayout layout = program.factors().layout();
          float[] start = opened.steps().start(CASE, layout);
          GradientOf gradient = GradientOf.of(scope, program, task, layout, start);
          gradient.run(task.together(List.of(rows)).get(0).inputs(scope));
          double expected = opened.golden().numbers(STEP + name + "/loss")[0];
          assertEquals(expected, gradient.loss(), 1e-9 * expected, name);
          opened
              .golden()
              .assertClose(STEP + name, "gradient", layout, gradient.values(), 1e-8, 1e-7);
        }
      }
    }
  }

  @Test
  void tenStepsAreThoseOfTorch() throws IOException {
    try (ReferenceModel opened = ReferenceModel.open(CASE, temp, GOLDEN);
        LanguageModel teacher = teacher(opened, Files.createDirectory(temp.resolve("teacher")));
        Scope scope = opened.model().scope().child("run")) {
      OnPolicyLoss loss = loss(scope, opened, teacher, "1.0|0.9", CHUNKS);
      SequenceTask task = opened.task(loss, opened.steps().batch(CASE.model(), 0));
      double[] losses = opened.golden().numbers("run/losses");
      double[] norms = opened.golden().numbers("run/norms");
      try (ReferenceRun run =
          ReferenceRun.of(scope, task, layout -> opened.steps().start(CASE, layout))) {
        double residuals = 0;
        for (int i = 0; i < losses.length; i++) {
          List<TokenSequence> rows = opened.steps().batch(CASE.model(), i);
          try (Scope work = scope.child("batch")) {
            TrainingRun.Outcome found = run.step(task.together(List.of(rows)).get(0).inputs(work));
            assertEquals(losses[i], found.loss(), 2e-7 * losses[i], "step " + i);
            assertEquals(norms[i], found.gradientNorm(), 1e-6 * norms[i], "step " + i);
            residuals += found.loss() / losses[i] - 1;
            if (i == 0) {
              double entropy = opened.golden().numbers("step/1.0|0.9/entropy")[0];
              assertEquals(entropy, found.measures().get("entropy"), 1e-6 * entropy);
            }
          }
        }
        assertEquals(0, residuals / losses.length, 1e-7);
        opened.golden().assertClose("run", "trained", run.layout(), run.trained(), 1e-7);
      }
    }
  }
}
