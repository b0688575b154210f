package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.text.align.ReferenceSync;
import dev.lora4j.text.align.ReferenceUse;
import dev.lora4j.text.align.UnpairedObjective;
import dev.lora4j.text.data.JudgedCompletion;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.SmallModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that learn from judged completions. */
class TextJudgementsTest {
  private static final SequenceLimits LIMITS =
      new SequenceLimits(64, SequenceLimits.Longer.CUT, false);

  @TempDir private Path temporary;

  private static JudgedCompletion judged(int prompt, int length, boolean good) {
    int[] ids = new int[length];
    Arrays.setAll(ids, i -> (good ? 100 : 200) + i);
    boolean[] counted = new boolean[length];
    Arrays.fill(counted, prompt, length, true);
    return new JudgedCompletion(new TokenSequence(ids, counted, new int[0], -1), prompt, good);
  }

  @Test
  void mismatchedRowsKeepToTheLongest() {
    JudgedTexts texts =
        new JudgedTexts(
            UnpairedObjective.named("kto", 0.1),
            List.of(judged(3, 5, true), judged(2, 9, false)),
            List.of());
    List<TokenSequence> whole = texts.rows(texts.learned(), 64);
    assertEquals(4, whole.size());
    assertArrayEquals(
        new int[] {100, 101, 102, 202, 203, 204, 205, 206, 207, 208}, whole.get(2).ids());
    assertEquals(7, whole.get(2).learned());
    assertArrayEquals(new int[] {200, 201, 103, 104}, whole.get(3).ids());
    List<TokenSequence> cut = texts.rows(texts.learned(), 6);
    assertArrayEquals(new int[] {100, 101, 102, 202, 203, 204}, cut.get(2).ids());
  }

  /** The numbers of what is held out do not depend on the batches that it lies in. */
  @Test
  void heldOutMeasuresAreThoseOfAllTogether() throws IOException {
    Path file =
        Files.writeString(
            temporary.resolve("judged.jsonl"),
            """
            {"prompt": "The cat", "completion": " sat on the mat.", "label": true}
            {"prompt": "The dog", "completion": " ran to the dog, and the dog ran.", "label": false}
            {"prompt": "The mat", "completion": " sat on the cat.", "label": true}
            {"prompt": "A cat and a dog", "completion": " ran to the mat.", "label": true}
            {"prompt": "A dog", "completion": " ran to a mat.", "label": false}
            """);
    try (Lora4j lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
        LanguageModel model =
            LanguageModel.open(lora, SmallModel.write(temporary.resolve("model")))) {
      List<JudgedCompletion> all = model.judgements(TextDataSet.read(file), LIMITS).completions();
      Map<String, Double> alone = heldOut(model, all, 1);
      Map<String, Double> together = heldOut(model, all, 3);
      for (String name : List.of("logps/chosen", "logps/rejected")) {
        assertTrue(alone.get(name) < -10, alone.toString());
        assertEquals(together.get(name), alone.get(name), 1e-3, name);
      }
    }
  }

  @Test
  void referenceThatIsTheModelGivesNoReward() throws IOException {
    Path file =
        Files.writeString(
            temporary.resolve("judged.jsonl"),
            """
            {"prompt": "The cat", "completion": " sat on the mat.", "label": true}
            {"prompt": "The dog", "completion": " ran to the dog.", "label": false}
            """);
    try (Lora4j lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
        LanguageModel model =
            LanguageModel.open(lora, SmallModel.write(temporary.resolve("model")))) {
      List<JudgedCompletion> all = model.judgements(TextDataSet.read(file), LIMITS).completions();
      TextTrainer.on(model, TextTrainingSettings.DEFAULT.steps(4, 1e-2).batch(2))
          .judgements(all, List.of(), UnpairedObjective.named("kto", 0.1), ReferenceUse.EACH_STEP)
          .sync(new ReferenceSync(1, 1))
          .run(
              done -> {
                assertEquals(0, done.measures().get("rewards/chosen"), 1e-4);
                assertEquals(0, done.measures().get("rewards/rejected"), 1e-4);
              });
    }
  }

  /** As TRL leaves such a batch out. */
  @Test
  void batchesWithoutGoodAnswersTellNothingOfThem() throws IOException {
    Path file =
        Files.writeString(
            temporary.resolve("judged.jsonl"),
            """
            {"prompt": "The cat", "completion": " sat on the mat.", "label": true}
            {"prompt": "The dog", "completion": " ran to the dog.", "label": false}
            {"prompt": "The mat", "completion": " sat on the cat.", "label": false}
            {"prompt": "A dog", "completion": " ran to a mat.", "label": false}
            """);
    try (Lora4j lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
        LanguageModel model =
            LanguageModel.open(lora, SmallModel.write(temporary.resolve("model")))) {
      List<JudgedCompletion> all = model.judgements(TextDataSet.read(file), LIMITS).completions();
      List<RunListener.Step> apart = steps(model, all, 1);
      int known = 0;
      for (RunListener.Step step : apart) {
        boolean none = Double.isNaN(step.measures().get("logps/chosen"));
        known += none ? 0 : 1;
        for (String name : List.of("rewards/chosen", "rewards/margins")) {
          assertEquals(none, Double.isNaN(step.measures().get(name)), name);
        }
        assertTrue(step.measures().get("logps/rejected") < -10, step.toString());
        assertTrue(Double.isFinite(step.loss()) && !step.skipped(), step.toString());
      }
      assertEquals(2, known, "one of two batches in each of two epochs");
      double alone =
          apart.stream()
              .mapToDouble(step -> step.measures().get("logps/chosen"))
              .filter(number -> !Double.isNaN(number))
              .findFirst()
              .orElseThrow();
      // The batch without one does not make the mean of the step smaller.
      assertEquals(alone, steps(model, all, 2).get(0).measures().get("logps/chosen"), 0.5);
    }
  }

  private static List<RunListener.Step> steps(
      LanguageModel model, List<JudgedCompletion> all, int accumulate) {
    TextTrainingSettings two = TextTrainingSettings.DEFAULT.steps(4 / accumulate, 1e-5).batch(2);
    List<RunListener.Step> steps = new ArrayList<>();
    TextTrainer.on(model, two.with(two.training().withAccumulation(accumulate)))
        .judgements(all, List.of(), UnpairedObjective.named("kto", 0.1), ReferenceUse.EACH_STEP)
        .run(steps::add);
    return steps;
  }

  /** Numbers before the first step. */
  private static Map<String, Double> heldOut(
      LanguageModel model, List<JudgedCompletion> all, int batch) {
    Map<String, Double> first = new HashMap<>();
    RunListener listener =
        new RunListener() {
          @Override
          public void step(Step done) {}

          @Override
          public void measured(int step, Map<String, Double> measures) {
            measures.forEach(first::putIfAbsent);
          }
        };
    TextTrainer.on(model, TextTrainingSettings.DEFAULT.steps(1, 1e-3).batch(batch))
        .judgements(
            all.subList(0, 2),
            all.subList(2, 5),
            UnpairedObjective.named("kto", 0.1),
            ReferenceUse.EACH_STEP)
        .run(listener);
    return first;
  }
}
