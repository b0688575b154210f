package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.TrainingInterrupted;
import dev.lora4j.text.align.OnPolicySettings;
import dev.lora4j.text.align.RolloutListener;
import dev.lora4j.text.align.ScoredRollout;
import dev.lora4j.text.data.PromptLine;
import dev.lora4j.text.data.PromptSet;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.llama.NewLlama;
import dev.lora4j.text.network.JensenShannonDivergence;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.SmallModel;
import dev.lora4j.text.token.BytePairTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs in which a student writes, and learns what a teacher says to it. */
class OnPolicyTrainingTest {
  @TempDir private static Path shared;
  private static Lora4j lora;
  private static LanguageModel model;
  private static LanguageModel larger;
  private static Adapter taught;

  @TempDir private Path temporary;

  private static final PromptSet PROMPTS =
      new PromptSet(
          List.of(
              PromptLine.of("The cat"),
              PromptLine.of("The dog"),
              PromptLine.of("A cat and a dog")));

  private static final PromptSet HELD = new PromptSet(List.of(PromptLine.of("The mat")));

  @BeforeAll
  static void open() throws IOException {
    lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
    model = LanguageModel.open(lora, SmallModel.write(shared.resolve("model")));
    larger = LanguageModel.open(lora, larger(shared.resolve("larger"), SmallModel.TEXT));
    Path texts = Files.writeString(shared.resolve("texts.txt"), SmallModel.TEXT);
    taught =
        TextTrainer.on(
                model,
                TextTrainingSettings.DEFAULT
                    .steps(80, 1e-2)
                    .batch(2)
                    .with(new SequenceLimits(48, SequenceLimits.Longer.CUT, true)))
            .data(TextDataSet.read(texts))
            .run(done -> {})
            .adapter();
  }

  @AfterAll
  static void close() {
    larger.close();
    model.close();
    lora.close();
  }

  /** A wider model, whose table of the same tokens is filled up further. */
  private static Path larger(Path folder, String text) throws IOException {
    new NewLlama(320, 48, 64, 3, 2, 2, false, 48).write(folder, 5);
    Files.writeString(
        folder.resolve("tokenizer.json"), new BytePairTrainer().add(text).train(300, "<end>"));
    Files.copy(
        shared.resolve("model/tokenizer_config.json"), folder.resolve("tokenizer_config.json"));
    return folder;
  }

  private static OnPolicySettings settings(double beta) {
    return new OnPolicySettings(
        new JensenShannonDivergence(beta, 1), 8, SamplingSettings.at(1), false);
  }

  private static TextTrainer trainer(int steps, double beta, PolicyTeacher teacher) {
    return trainer(steps, settings(beta), teacher, RolloutListener.NONE);
  }

  private static TextTrainer trainer(
      int steps, OnPolicySettings how, PolicyTeacher teacher, RolloutListener listener) {
    TextTrainingSettings settings = TextTrainingSettings.DEFAULT.steps(steps, 1e-2).batch(2);
    return TextTrainer.on(model, settings).teacher(PROMPTS, HELD, teacher, how, listener);
  }

  private static PolicyTeacher adapter() {
    return new PolicyTeacher(model, MixPlan.of(taught, 1));
  }

  /** The numbers of all steps, and of what is held out. */
  private static final class Recorder implements RunListener {
    final List<Step> steps = new ArrayList<>();
    final Map<Integer, Map<String, Double>> heldOut = new HashMap<>();

    @Override
    public void step(Step done) {
      steps.add(done);
    }

    @Override
    public void measured(int step, Map<String, Double> measures) {
      heldOut.put(step, measures);
    }

    double loss(int from, int to) {
      return steps.subList(from, to).stream().mapToDouble(Step::loss).average().orElseThrow();
    }
  }

  /** On a base of its own, and on the student's, where there is one of it. */
  @Test
  void studentComesNearItsTeacher() {
    for (PolicyTeacher teacher : List.of(adapter(), new PolicyTeacher(larger, MixPlan.NONE))) {
      for (double beta : List.of(0.0, 0.5, 1.0)) {
        Recorder recorder = new Recorder();
        TrainedText student = trainer(60, beta, teacher).run(recorder);
        double before = recorder.loss(0, 5);
        double after = recorder.loss(50, 60);
        assertTrue(after < 0.75 * before, beta + ": " + before + " to " + after);
        assertTrue(recorder.heldOut.get(0).get("divergence") > 1e-3);
        assertTrue(recorder.heldOut.get(60).get("divergence") > 1e-3);
        assertEquals(
            List.of(
                "completions/mean_length",
                "completions/min_length",
                "completions/max_length",
                "completions/clipped_ratio",
                "completions/mean_terminated_length",
                "divergence",
                "entropy"),
            List.copyOf(recorder.steps.get(0).measures().keySet()));
        String header = student.adapter().metadata().getOrDefault("lora4j_teacher", "");
        assertTrue(header.contains("beta=" + beta), header);
      }
    }
  }

  @Test
  void listenerHasWhatTheStudentWrote() {
    List<ScoredRollout> all = new ArrayList<>();
    trainer(2, settings(1), adapter(), (step, rollouts) -> all.addAll(rollouts)).run(done -> {});
    assertEquals(3, all.size(), "two prompts, then the third alone");
    assertTrue(all.stream().allMatch(each -> each.rewards().isEmpty() && each.reward().isEmpty()));
    assertTrue(all.stream().allMatch(each -> each.rollout().ids().size() <= 8));
  }

  @Test
  void resumedRunHasTheSameBits() {
    TextTrainer trainer = trainer(8, 0.5, adapter());
    String whole = trainer.run(done -> {}).adapter().identity();
    CheckpointPolicy keeping =
        CheckpointPolicy.NOTHING.in(temporary).every(3).validateEvery(4).previewEvery(1000);
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
    assertEquals(whole, trainer.keeping(keeping.resume(true)).run(done -> {}).adapter().identity());
    String refused =
        refusal(
            () ->
                trainer(8, 0.5, new PolicyTeacher(model, MixPlan.of(taught, 0.5)))
                    .keeping(keeping.resume(true))
                    .run(done -> {}));
    assertTrue(refused.contains("teacher"), refused);
  }

  /** All of them cut, and none learned. */
  @Test
  void cutCompletionsMayBeLeftOut() {
    OnPolicySettings how =
        new OnPolicySettings(JensenShannonDivergence.DEFAULT, 1, SamplingSettings.at(1), true);
    Recorder recorder = new Recorder();
    trainer(2, how, adapter(), RolloutListener.NONE).run(recorder);
    for (RunListener.Step step : recorder.steps) {
      boolean none = step.measures().get("completions/clipped_ratio") == 1;
      assertEquals(none, step.gradientNorm() == 0, step.toString());
    }
  }

  @Test
  void teachersThatDoNotFitAreNamed() throws IOException {
    String itself = refusal(() -> trainer(1, 1, new PolicyTeacher(model, MixPlan.NONE)));
    assertTrue(itself.contains("own base without an adapter"), itself);
    Path folder = larger(temporary.resolve("other"), "entirely other words of another sort ");
    try (LanguageModel other = LanguageModel.open(lora, folder)) {
      String tokens = refusal(() -> trainer(1, 1, new PolicyTeacher(other, MixPlan.NONE)));
      assertTrue(tokens.contains("other tokens") && tokens.contains("token "), tokens);
    }
    String room =
        refusal(
            () ->
                TextTrainer.on(model, TextTrainingSettings.DEFAULT)
                    .teacher(
                        new PromptSet(List.of(PromptLine.of("The cat ran to the mat. ".repeat(8)))),
                        PromptSet.NONE,
                        new PolicyTeacher(larger, MixPlan.NONE),
                        settings(1),
                        RolloutListener.NONE));
    assertTrue(room.contains("reads at most 48"), room);
  }

  private static String refusal(Runnable run) {
    return String.valueOf(assertThrows(IllegalArgumentException.class, run::run).getMessage());
  }
}
