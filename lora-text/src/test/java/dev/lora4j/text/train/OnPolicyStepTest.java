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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
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
    OnPolicyTeaching teaching = teaching(at, teacher, name, 1, List.of());
    return new OnPolicyLoss(scope, new HeadUse(at.model(), places), teaching, 0);
  }

  private static OnPolicyTeaching teaching(
      ReferenceModel at,
      LanguageModel teacher,
      String name,
      double share,
      List<TokenSequence> completions) {
    String[] parts = name.split("\\|", -1);
    JensenShannonDivergence divergence =
        new JensenShannonDivergence(Double.parseDouble(parts[0]), Double.parseDouble(parts[1]));
    PromptSet prompts =
        new PromptSet(Collections.nCopies(Math.max(1, completions.size()), PromptLine.of("a")));
    return new OnPolicyTeaching(
        new PromptSequences(at.model(), prompts, PromptSet.NONE),
        completions,
        new PolicyTeacher(teacher, MixPlan.NONE),
        new OnPolicySettings(divergence, 8, SamplingSettings.at(1), false).writing(share, false),
        RolloutListener.NONE);
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
      TrainingRun.Outcome first =
          steps(scope, opened, loss, "run", i -> opened.steps().batch(CASE.model(), i));
      double entropy = opened.golden().numbers("step/1.0|0.9/entropy")[0];
      assertEquals(entropy, first.measures().get("entropy"), 1e-6 * entropy);
    }
  }

  /** Batches that the student does not write are those of the data, where TRL draws so. */
  @Test
  void mixedStepsAreThoseOfTrl() throws IOException {
    try (ReferenceModel opened = ReferenceModel.open(CASE, temp, GOLDEN);
        LanguageModel teacher = teacher(opened, Files.createDirectory(temp.resolve("teacher")));
        Scope scope = opened.model().scope().child("run")) {
      List<TokenSequence> data = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        data.addAll(opened.steps().batch(CASE.model(), 10 + i));
      }
      double[] own = opened.golden().numbers("mixed/0.5/own");
      OnPolicyTeaching teaching = teaching(opened, teacher, "1.0|0.9", 0.5, data);
      OnPolicyLoss loss = new OnPolicyLoss(scope, new HeadUse(opened.model(), CHUNKS), teaching, 0);
      int rows = data.size() / 10;
      steps(
          scope,
          opened,
          loss,
          "mixed",
          i -> {
            List<TokenSequence> asked =
                teaching.prompts().learned().subList(i * rows, (i + 1) * rows);
            if (own[i] == 1) {
              return opened.steps().batch(CASE.model(), i);
            }
            return loss.made(i, List.of(asked), fresh()).get(0);
          });
    }
  }

  /** The model without adapters, beside which nothing is trained. */
  private static TrainedModel fresh() {
    return new TrainedModel(
        () -> MixPlan.NONE,
        name -> {
          throw new IllegalArgumentException(name);
        });
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5, 1})
  void batchesAreDrawnAsTrlDraws(double share) throws IOException {
    try (ReferenceModel opened = ReferenceModel.open(CASE, temp, GOLDEN);
        LanguageModel teacher = teacher(opened, Files.createDirectory(temp.resolve("teacher")))) {
      List<TokenSequence> data = share < 1 ? opened.steps().batch(CASE.model(), 0) : List.of();
      OffPolicyTexts texts =
          new OffPolicyTexts(opened.model(), teaching(opened, teacher, "1.0|0.9", share, data), 0);
      double[] own = opened.golden().numbers("mixed/" + share + "/own");
      for (int step = 0; step < own.length; step++) {
        assertEquals(own[step] == 1, texts.written(step, 0), "step " + step);
      }
    }
  }

  /**
   * Takes the steps of a run, and compares them.
   *
   * @param name of the run in the file
   * @param rows of each step
   * @return the first step
   */
  private static TrainingRun.Outcome steps(
      Scope scope,
      ReferenceModel opened,
      OnPolicyLoss loss,
      String name,
      IntFunction<List<TokenSequence>> rows) {
    SequenceTask task = opened.task(loss, opened.steps().batch(CASE.model(), 0));
    double[] losses = opened.golden().numbers(name + "/losses");
    double[] norms = opened.golden().numbers(name + "/norms");
    List<TrainingRun.Outcome> all = new ArrayList<>();
    try (ReferenceRun run =
        ReferenceRun.of(scope, task, layout -> opened.steps().start(CASE, layout))) {
      double residuals = 0;
      for (int i = 0; i < losses.length; i++) {
        try (Scope work = scope.child("batch")) {
          TrainingRun.Outcome found =
              run.step(task.together(List.of(rows.apply(i))).get(0).inputs(work));
          assertEquals(losses[i], found.loss(), 2e-7 * losses[i], "step " + i);
          assertEquals(norms[i], found.gradientNorm(), 1e-6 * norms[i], "step " + i);
          residuals += found.loss() / losses[i] - 1;
          all.add(found);
        }
      }
      assertEquals(0, residuals / losses.length, 1e-7);
      opened.golden().assertClose(name, "trained", run.layout(), run.trained(), 1e-7);
    }
    return all.get(0);
  }
}
