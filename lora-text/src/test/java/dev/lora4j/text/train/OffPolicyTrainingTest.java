package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.RateSearch;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.TrainingInterrupted;
import dev.lora4j.core.train.schedule.Constant;
import dev.lora4j.core.train.schedule.RateSchedule;
import dev.lora4j.text.align.OnPolicySettings;
import dev.lora4j.text.align.RolloutListener;
import dev.lora4j.text.data.AnsweredPrompts;
import dev.lora4j.text.data.JudgedCompletion;
import dev.lora4j.text.data.PromptSet;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.network.JensenShannonDivergence;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.SmallModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs in which a student learns completions that it did not write, in a share of the batches. */
class OffPolicyTrainingTest {
  private static final SequenceLimits LIMITS =
      new SequenceLimits(48, SequenceLimits.Longer.CUT, false);

  @TempDir private static Path shared;
  private static Lora4j lora;
  private static LanguageModel model;
  private static PolicyTeacher teacher;
  private static AnsweredPrompts data;

  @TempDir private Path temporary;

  @BeforeAll
  static void open() throws IOException {
    lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
    model = LanguageModel.open(lora, SmallModel.write(shared.resolve("model")));
    Path texts = Files.writeString(shared.resolve("texts.txt"), SmallModel.TEXT);
    TrainedText taught =
        TextTrainer.on(
                model,
                TextTrainingSettings.DEFAULT
                    .steps(80, 1e-2)
                    .batch(2)
                    .with(new SequenceLimits(48, SequenceLimits.Longer.CUT, true)))
            .data(TextDataSet.read(texts))
            .run(done -> {});
    teacher = new PolicyTeacher(model, MixPlan.of(taught.adapter(), 1));
    data =
        read("The cat| ran to the dog.", "The dog| sat on the mat.", "A mat| ran.", "The| cat sat");
  }

  @AfterAll
  static void close() {
    model.close();
    lora.close();
  }

  private static AnsweredPrompts read(String... lines) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String line : lines) {
      String[] parts = line.split("\\|", -1);
      text.append("{\"prompt\": \"%s\", \"completion\": \"%s\"}%n".formatted(parts[0], parts[1]));
    }
    return AnsweredPrompts.read(Files.writeString(shared.resolve("answers.jsonl"), text));
  }

  private static OnPolicySettings settings(double share, boolean byTeacher) {
    return new OnPolicySettings(JensenShannonDivergence.DEFAULT, 8, SamplingSettings.at(1), false)
        .writing(share, byTeacher);
  }

  private static List<TokenSequence> completions(AnsweredPrompts answered) {
    return model.judgements(answered.answers(), LIMITS).completions().stream()
        .map(JudgedCompletion::sequence)
        .toList();
  }

  private static TextTrainer trainer(
      int steps, double share, boolean byTeacher, RolloutListener listener) {
    TextTrainingSettings one = TextTrainingSettings.DEFAULT.steps(steps, 1e-2).batch(2);
    TextTrainingSettings settings = one.with(one.training().withAccumulation(2));
    List<TokenSequence> texts = byTeacher || share == 1 ? List.of() : completions(data);
    return TextTrainer.on(model, settings)
        .teacher(
            data.prompts(), texts, PromptSet.NONE, teacher, settings(share, byTeacher), listener);
  }

  private static List<RunListener.Step> run(TextTrainer trainer) {
    List<RunListener.Step> steps = new ArrayList<>();
    trainer.run(steps::add);
    return steps;
  }

  private static double mean(List<RunListener.Step> steps) {
    return steps.stream().mapToDouble(RunListener.Step::loss).average().orElseThrow();
  }

  @Test
  void studentComesNearItsTeacherOnTextsOfOthers() {
    for (boolean byTeacher : List.of(false, true)) {
      List<String> written = new ArrayList<>();
      List<RunListener.Step> steps =
          run(trainer(40, 0, byTeacher, (step, all) -> written.add(step + "")));
      double before = mean(steps.subList(0, 4));
      double after = mean(steps.subList(34, 40));
      assertTrue(after < 0.6 * before, before + " to " + after);
      assertEquals(List.of("divergence", "entropy"), List.copyOf(steps.get(0).measures().keySet()));
      assertTrue(written.isEmpty(), "it writes nothing");
    }
  }

  /** The first loss is that of the data, whatever the student would write. */
  @Test
  void completionsOfTheDataAreLearned() throws IOException {
    double first = run(trainer(1, 0, false, RolloutListener.NONE)).get(0).loss();
    AnsweredPrompts kept = data;
    data = read("The cat| cat cat cat", "The dog| dog", "A mat| mat mat", "The| the the the the");
    double other = run(trainer(1, 0, false, RolloutListener.NONE)).get(0).loss();
    data = kept;
    assertTrue(Math.abs(first - other) > 1e-3, first + " and " + other);
    assertEquals(first, run(trainer(1, 0, false, RolloutListener.NONE)).get(0).loss());
  }

  @Test
  void stepsTellHowManyBatchesTheStudentWrote() {
    List<Long> written = new ArrayList<>();
    List<RunListener.Step> steps =
        run(trainer(16, 0.5, false, (step, all) -> all.forEach(each -> written.add(step))));
    double sum = 0;
    for (RunListener.Step step : steps) {
      double share = step.measures().get("on_policy");
      assertTrue(share == 0 || share == 0.5 || share == 1, "" + share);
      assertEquals(share == 0, Double.isNaN(step.measures().get("completions/mean_length")));
      long own = written.stream().filter(at -> at == step.step()).count();
      assertEquals(Math.round(share * 4), own, "two batches of two prompts");
      sum += share;
    }
    assertEquals(0.5, sum / 16, 0.25);
  }

  @Test
  void resumedRunHasTheSameBits() {
    for (boolean byTeacher : List.of(false, true)) {
      TextTrainer trainer = trainer(8, 0.5, byTeacher, RolloutListener.NONE);
      String whole = trainer.run(done -> {}).adapter().identity();
      Path folder = temporary.resolve(byTeacher + "");
      CheckpointPolicy keeping = CheckpointPolicy.NOTHING.in(folder).every(3).previewEvery(1000);
      assertThrows(
          TrainingInterrupted.class,
          () ->
              trainer
                  .keeping(keeping)
                  .run(
                      done -> {
                        if (done.step() == 5) {
                          Thread.currentThread().interrupt();
                        }
                      }));
      Thread.interrupted();
      CheckpointPolicy resuming = keeping.resume(true);
      String refused =
          refusal(
              () ->
                  trainer(8, 0.4, byTeacher, RolloutListener.NONE)
                      .keeping(resuming)
                      .run(done -> {}));
      assertTrue(refused.contains("objective"), refused);
      assertEquals(whole, trainer.keeping(resuming).run(done -> {}).adapter().identity());
      assertFalse(
          whole.equals(
              trainer(8, 1, byTeacher, RolloutListener.NONE).run(done -> {}).adapter().identity()));
    }
  }

  /** The student of a short training writes with the alpha that is tried. */
  @Test
  void shortTrainingsAreThoseOfTheirAlpha() {
    TextTrainingSettings plain = TextTrainingSettings.DEFAULT.steps(4, 1e-2).batch(2);
    TextTrainingSettings constant =
        plain.with(plain.training().withSchedule(RateSchedule.of(new Constant(), 4)));
    AdapterRecipe recipe = constant.recipe();
    RateSearch.Setting twice = new RateSearch.Setting(1e-2, 2);
    List<RateSearch.Trial> trials =
        written(constant)
            .search(
                done ->
                    done.isEmpty() ? List.of(new RateSearch.Setting(1e-2, 1), twice) : List.of(),
                4,
                (trial, setting, step) -> {});
    List<Float> losses =
        run(written(constant.with(recipe.rank(recipe.rank(), 2 * recipe.alpha())))).stream()
            .map(RunListener.Step::loss)
            .toList();
    assertEquals(losses, trials.get(1).losses());
    assertFalse(losses.equals(trials.get(0).losses()));
  }

  private static TextTrainer written(TextTrainingSettings settings) {
    return TextTrainer.on(model, settings)
        .teacher(data.prompts(), PromptSet.NONE, teacher, settings(1, false), RolloutListener.NONE);
  }

  @Test
  void completionsHaveToBeThere() {
    PromptSet prompts = data.prompts();
    TextTrainer plain = TextTrainer.on(model, TextTrainingSettings.DEFAULT);
    String none =
        refusal(
            () ->
                plain.teacher(
                    prompts, PromptSet.NONE, teacher, settings(0.5, false), RolloutListener.NONE));
    assertTrue(none.contains("4 completions of the data are learned, and there are 0"), none);
    String unused =
        refusal(
            () ->
                plain.teacher(
                    prompts,
                    completions(data),
                    PromptSet.NONE,
                    teacher,
                    settings(1, false),
                    RolloutListener.NONE));
    assertTrue(unused.contains("0 completions of the data are learned"), unused);
    assertTrue(refusal(() -> settings(1.5, false)).contains("from 0 to 1, found 1.5"));
    assertTrue(refusal(() -> settings(Double.NaN, false)).contains("NaN"));
  }

  private static String refusal(Runnable run) {
    return String.valueOf(assertThrows(IllegalArgumentException.class, run::run).getMessage());
  }
}
