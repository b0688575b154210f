package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.TrainingInterrupted;
import dev.lora4j.core.train.run.TrainingWorker;
import dev.lora4j.text.align.OnPolicySettings;
import dev.lora4j.text.align.PreferenceLosses;
import dev.lora4j.text.align.PreferenceObjective;
import dev.lora4j.text.align.ReferenceSync;
import dev.lora4j.text.align.ReferenceUse;
import dev.lora4j.text.align.RolloutListener;
import dev.lora4j.text.align.UnpairedObjective;
import dev.lora4j.text.data.AnsweredPrompts;
import dev.lora4j.text.data.JudgedCompletion;
import dev.lora4j.text.data.PreferencePair;
import dev.lora4j.text.data.PromptSet;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TaughtText;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.network.JensenShannonDivergence;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.RandomLora;
import dev.lora4j.text.pipeline.SmallModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Trainings of language models whose gradients others compute. */
class SharedTextsTest {
  private static final int STEPS = 5;
  private static final double RATE = 5e-3;
  private static final SequenceLimits LIMITS =
      new SequenceLimits(48, SequenceLimits.Longer.CUT, false);

  @TempDir private static Path shared;
  private static Lora4j lora;
  private static LanguageModel model;

  @TempDir private Path temporary;

  @BeforeAll
  static void open() throws IOException {
    lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
    model = LanguageModel.open(lora, SmallModel.write(shared.resolve("model")));
  }

  @AfterAll
  static void close() {
    model.close();
    lora.close();
  }

  private static TextTrainingSettings settings() {
    return SharedRuns.settings(STEPS, RATE, 1);
  }

  private static TextDataSet read(String lines) throws IOException {
    return TextDataSet.read(Files.writeString(shared.resolve("lines.jsonl"), lines));
  }

  private static TextDataSet completions() throws IOException {
    return read(
        """
        {"prompt": "The cat", "completion": " sat on the mat."}
        {"prompt": "The dog", "completion": " ran to the cat, and the cat ran to the dog."}
        {"prompt": "The mat", "completion": " sat."}
        {"prompt": "A cat and a dog", "completion": " ran to the mat."}
        {"prompt": "A dog", "completion": " ran."}
        {"prompt": "A mat", "completion": " sat on the mat, and the dog sat."}
        """);
  }

  private static List<PreferencePair> pairs() throws IOException {
    TextDataSet data =
        read(
            """
            {"prompt": "The cat", "chosen": " sat on the mat.", "rejected": " ran to the dog."}
            {"prompt": "The dog", "chosen": " sat.", "rejected": " ran to the cat."}
            {"prompt": "The mat", "chosen": " sat on the cat.", "rejected": " ran."}
            {"prompt": "A dog", "chosen": " sat on a mat.", "rejected": " ran to a mat."}
            """);
    return model.preferences(data, LIMITS).pairs();
  }

  private static TextTrainer preferring(ReferenceUse use) throws IOException {
    PreferenceObjective objective =
        PreferenceObjective.of(PreferenceLosses.named("sigmoid", Map.of()));
    return TextTrainer.on(model, settings()).preferences(pairs(), List.of(), objective, use);
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "BF16"})
  void textsAreLearnedAlike(DType compute) throws IOException {
    try (LanguageModel base = LanguageModel.open(lora, model.base().path(), compute)) {
      SharedRuns.check(TextTrainer.on(base, settings().heldOut(0.2)).data(completions()));
    }
  }

  @Test
  void firstFactorsThatTextsDecideAreAlike() throws IOException {
    TextTrainingSettings gradients = settings().with(settings().recipe().start(FactorInit.LORA_GA));
    SharedRuns.check(TextTrainer.on(model, gradients).data(completions()).paddingFree());
  }

  @Test
  void teachersAreLearnedAlike() throws IOException {
    List<TaughtText> texts =
        model.sequences(completions(), LIMITS).sequences().stream().map(TaughtText::of).toList();
    List<TextTeacher> teachers =
        List.of(
            new TextTeacher(
                RandomLora.of(model, "one", 1, "_proj"), 0.5, "", texts.subList(0, 3), List.of()),
            new TextTeacher(
                RandomLora.of(model, "two", 2, "self_attn"),
                1,
                "two",
                texts.subList(3, 6),
                List.of()));
    SharedRuns.check(
        TextTrainer.on(model, settings()).teachers(teachers, JensenShannonDivergence.DEFAULT));
  }

  @ParameterizedTest
  @EnumSource
  void preferencesAreLearnedAlike(ReferenceUse use) throws IOException {
    SharedRuns.check(preferring(use));
  }

  /** The step carries the moving reference, as no worker has computed all steps before. */
  @Test
  void referenceThatMovesIsThatOfTheStep() throws IOException {
    TextTrainer moving = preferring(ReferenceUse.EACH_STEP).sync(new ReferenceSync(2, 0.6));
    SharedRuns.check(moving);
    CheckpointPolicy kept = CheckpointPolicy.NOTHING.in(temporary.resolve("kept"));
    try (SharedRuns runs = new SharedRuns(moving)) {
      TextTrainer trainer = moving.gradients(runs.parts(1)).keeping(kept);
      assertThrows(
          TrainingInterrupted.class,
          () ->
              trainer.run(
                  done -> {
                    if (done.step() == 3) {
                      Thread.currentThread().interrupt();
                    }
                  }));
      assertTrue(Thread.interrupted());
      TrainedText rest = trainer.keeping(kept.resume(true)).run(done -> {});
      assertEquals(STEPS - 3, rest.losses().size());
      assertEquals(moving.run(done -> {}).adapter().identity(), rest.adapter().identity());
    }
  }

  @Test
  void judgementsAreLearnedAlike() throws IOException {
    TextDataSet data =
        read(
            """
            {"prompt": "The cat", "completion": " sat on the mat.", "label": true}
            {"prompt": "The dog", "completion": " ran to the dog.", "label": false}
            {"prompt": "The mat", "completion": " sat on the cat.", "label": true}
            {"prompt": "A cat and a dog", "completion": " ran to the mat.", "label": true}
            {"prompt": "A dog", "completion": " ran to a mat.", "label": false}
            """);
    List<JudgedCompletion> all = model.judgements(data, LIMITS).completions();
    SharedRuns.check(
        TextTrainer.on(model, SharedRuns.settings(STEPS, RATE, 2))
            .judgements(all, List.of(), UnpairedObjective.named("kto", 0.1), ReferenceUse.EACH_STEP)
            .sync(new ReferenceSync(2, 0.6)));
  }

  /** A student whose teacher says what is likely in texts of the data. */
  private static TextTrainer taught(double share) throws IOException {
    AnsweredPrompts data =
        AnsweredPrompts.read(
            Files.writeString(
                shared.resolve("answers.jsonl"),
                """
                {"prompt": "The cat", "completion": " ran to the dog."}
                {"prompt": "The dog", "completion": " sat on the mat."}
                {"prompt": "A mat", "completion": " ran."}
                """));
    List<TokenSequence> texts =
        model.judgements(data.answers(), LIMITS).completions().stream()
            .map(JudgedCompletion::sequence)
            .toList();
    PolicyTeacher teacher =
        new PolicyTeacher(model, MixPlan.of(RandomLora.of(model, "teacher", 1, "_proj"), 1));
    OnPolicySettings how =
        new OnPolicySettings(JensenShannonDivergence.DEFAULT, 8, SamplingSettings.at(1), false)
            .writing(share, false);
    return TextTrainer.on(model, settings())
        .teacher(data.prompts(), texts, PromptSet.NONE, teacher, how, RolloutListener.NONE);
  }

  @Test
  void teacherOfTextsOfTheDataIsLearnedAlike() throws IOException {
    SharedRuns.check(taught(0));
  }

  @Test
  void textsOfTheModelsOwnAreRefused() throws IOException {
    TextTrainer rewarded =
        RewardedRuns.trainer(model, 1, RewardedRuns.settings("grpo", 0, 1), RewardedRuns.LETTERS);
    for (TextTrainer trainer : List.of(rewarded, taught(0.5))) {
      IllegalArgumentException worker =
          assertThrows(IllegalArgumentException.class, () -> trainer.worker(RunListener.NONE));
      assertTrue(worker.getMessage().contains("writes itself cannot be"), worker.getMessage());
      IllegalArgumentException run =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  trainer
                      .gradients(
                          step -> {
                            throw new AssertionError("asked for gradients");
                          })
                      .run(done -> {}));
      assertEquals(worker.getMessage(), run.getMessage());
    }
  }

  @Test
  void workersOfOtherTextsAndSettingsAreRefused() throws IOException {
    TextTrainer trainer = TextTrainer.on(model, settings()).data(completions());
    TextTrainer fewer = trainer.sequences(trainer.sequences().subList(1, 6), List.of());
    TextTrainer faster =
        TextTrainer.on(model, SharedRuns.settings(STEPS, 2 * RATE, 2)).data(completions());
    assertEquals("texts", different(trainer, fewer));
    assertEquals("batch, rate", different(trainer, faster));
    assertEquals(
        "objective, reference sync",
        different(
            preferring(ReferenceUse.EACH_STEP).sync(new ReferenceSync(2, 0.5)),
            TextTrainer.on(model, settings())
                .preferences(
                    pairs(),
                    List.of(),
                    PreferenceObjective.of(PreferenceLosses.named("hinge", Map.of())))));
  }

  /** What a refusal says that is not the same. */
  private static String different(TextTrainer trainer, TextTrainer other) {
    try (TrainingWorker worker = other.worker(RunListener.NONE)) {
      String told =
          assertThrows(
                  IllegalArgumentException.class,
                  () ->
                      trainer
                          .gradients(step -> worker.share(step, 0, step.batches()))
                          .run(done -> {}))
              .getMessage();
      String list =
          told.substring(told.indexOf("not the same are ") + "not the same are ".length());
      return list.substring(0, list.indexOf(". "));
    }
  }

  @Test
  void threadsThatTheEngineHasNotAreRefused() {
    TextTrainer trainer = TextTrainer.on(model, settings());
    assertThrows(IllegalArgumentException.class, () -> trainer.threads(2));
    assertThrows(IllegalArgumentException.class, () -> trainer.threads(0));
  }
}
