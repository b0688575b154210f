package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.TrainingInterrupted;
import dev.lora4j.text.align.RewardObjective;
import dev.lora4j.text.data.PreferencePair;
import dev.lora4j.text.data.RewardPairs;
import dev.lora4j.text.data.TextDataException;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.pipeline.RewardModel;
import dev.lora4j.text.pipeline.SmallModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that make reward models. */
class RewardTrainerTest {
  private static final String PAIRS =
      """
      {"prompt": "The cat", "chosen": " sat on the mat.", "rejected": " ran to the dog, and the dog ran."}
      {"prompt": "The dog", "chosen": " sat.", "rejected": " ran to the cat."}
      {"prompt": "The mat", "chosen": " sat on the cat.", "rejected": " ran."}
      {"prompt": "A cat and a dog", "chosen": " sat on the mat.", "rejected": " ran to the mat."}
      {"prompt": "A dog", "chosen": " sat on a mat.", "rejected": " ran to a mat."}
      """;

  @TempDir private static Path shared;
  private static Lora4j lora;
  private static Path base;
  private static RewardModel model;
  private static List<PreferencePair> pairs;

  @TempDir private Path temporary;

  @BeforeAll
  static void open() throws IOException {
    lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
    base = SmallModel.write(shared.resolve("model"));
    model =
        RewardModel.open(
            lora.engine().scope("reward model"), base, TextLoadOptions.in(DType.F32), 0);
    pairs = model.pairs(data(PAIRS), 64).pairs();
  }

  @AfterAll
  static void close() {
    model.close();
    lora.close();
  }

  private static TextDataSet data(String lines) throws IOException {
    return TextDataSet.read(Files.writeString(shared.resolve("pairs.jsonl"), lines));
  }

  private static TextTrainingSettings settings(int steps) {
    return TextTrainingSettings.DEFAULT.steps(steps, 5e-3).batch(2);
  }

  private static RewardTrainer trainer(TextTrainingSettings settings, double centring) {
    return RewardTrainer.on(model, settings)
        .pairs(pairs.subList(0, 4), pairs.subList(4, 5), new RewardObjective(centring));
  }

  /** The numbers of all steps, and the last ones of what is held out. */
  private static final class Recorder implements RunListener {
    final List<Step> steps = new ArrayList<>();
    final Map<String, Double> heldOut = new HashMap<>();

    @Override
    public void step(Step done) {
      steps.add(done);
    }

    @Override
    public void measured(int step, Map<String, Double> measures) {
      heldOut.putAll(measures);
    }
  }

  @Test
  void betterTextsGetTheGreaterReward() {
    Recorder recorder = new Recorder();
    TrainedText trained = trainer(settings(60), 0).run(recorder);
    Map<String, Double> last = recorder.steps.get(59).measures();
    assertEquals(1, last.get("accuracy"));
    assertTrue(last.get("margin") > 1, last.toString());
    assertTrue(last.get("min_reward") < last.get("mean_reward"));
    assertTrue(last.get("mean_reward") < last.get("max_reward"));
    assertEquals(1, recorder.heldOut.get("accuracy"));
    RewardModel judge = model.with(MixPlan.of(trained.adapter(), 1));
    assertEquals(
        recorder.heldOut.get("margin"),
        judge.reward("A dog", " sat on a mat.") - judge.reward("A dog", " ran to a mat."),
        1e-4);
  }

  /** PEFT's folder holds the head whole, and a new process reads the same rewards from it. */
  @Test
  void savedJudgeGivesTheSameRewards() throws IOException {
    TrainedText trained = trainer(settings(5), 0.01).run(done -> {});
    Path folder = temporary.resolve("judge");
    trained.save(folder);
    String config = Files.readString(folder.resolve("adapter_config.json"));
    assertTrue(config.contains("\"SEQ_CLS\""), config);
    assertTrue(config.contains("\"score\""), config);
    assertEquals(
        "RewardModel[loss=sigmoid, margins=false, centring=0.01]",
        trained.adapter().metadata().get("lora4j_reward_model"));
    RewardModel own = model.with(MixPlan.of(trained.adapter(), 1));
    try (RewardModel judge = RewardModel.open(lora, base, folder)) {
      assertEquals(own.reward("The cat", " sat."), judge.reward("The cat", " sat."), 1e-5);
    }
  }

  /** Of both rewards' sum, which centring keeps small. */
  @Test
  void centringKeepsRewardsAroundNothing() {
    Recorder centred = new Recorder();
    trainer(settings(60), 1).run(centred);
    Map<String, Double> last = centred.heldOut;
    assertTrue(Math.abs(last.get("mean_reward")) < 0.1, last.toString());
    assertTrue(last.get("margin") > 0.5, last.toString());
  }

  @Test
  void resumedRunHasTheSameBits() {
    RewardTrainer trainer = trainer(settings(10), 0);
    String whole = trainer.run(done -> {}).adapter().identity();
    Path folder = temporary.resolve("checkpoints");
    CheckpointPolicy keeping =
        CheckpointPolicy.NOTHING.in(folder).every(4).validateEvery(4).previewEvery(1000);
    assertThrows(
        TrainingInterrupted.class,
        () ->
            trainer
                .keeping(keeping)
                .run(
                    done -> {
                      if (done.step() == 6) {
                        Thread.currentThread().interrupt();
                      }
                    }));
    Thread.interrupted();
    RewardTrainer resuming = trainer.keeping(keeping.resume(true));
    assertEquals(whole, resuming.run(done -> {}).adapter().identity());
    assertTold(
        "objective",
        () -> trainer(settings(10), 0.5).keeping(keeping.resume(true)).run(done -> {}));
  }

  @Test
  void aJudgeIsTrainedFurther() {
    Adapter before = trainer(settings(20), 0).run(done -> {}).adapter();
    Recorder further = new Recorder();
    trainer(settings(3).with(settings(3).recipe().from(before)), 0).run(further);
    Recorder fresh = new Recorder();
    trainer(settings(3), 0).run(fresh);
    assertTrue(further.steps.get(0).loss() < 0.8 * fresh.steps.get(0).loss());
  }

  @Test
  void textsThatAreTooLongAreLeftOut() throws IOException {
    RewardPairs few = model.pairs(data(PAIRS), 12);
    assertTrue(few.longer() > 0 && few.longer() < 5, "left out " + few.longer());
    assertEquals(5, few.pairs().size() + few.longer());
    assertTrue(few.notes(12).get(0).contains("are left out"), few.notes(12).toString());
    RewardTrainer trainer = RewardTrainer.on(model, settings(1)).data(data(PAIRS));
    assertEquals(5, trainer.sequences().size());
  }

  @Test
  void marginsAreOfAllPairsOrNone() throws IOException {
    String with =
        """
        {"prompt": "The cat", "chosen": " sat.", "rejected": " ran.", "margin": 0.5}
        {"chosen": "The dog sat.", "rejected": "The dog ran.", "margin": -1}
        """;
    TextDataSet read = data(with);
    assertTrue(read.margins());
    List<PreferencePair> found = model.pairs(read, 64).pairs();
    assertEquals(OptionalDouble.of(0.5), found.get(0).margin());
    assertEquals(OptionalDouble.of(-1), found.get(1).margin());
    RewardTrainer.on(model, settings(2))
        .pairs(found, List.of(), RewardObjective.DEFAULT)
        .run(d -> {});
    assertTold(
        "2 of 3 pairs have a margin",
        () ->
            RewardTrainer.on(model, settings(1))
                .pairs(
                    List.of(found.get(0), found.get(1), pairs.get(0)),
                    List.of(),
                    RewardObjective.DEFAULT));
  }

  @Test
  void wrongPairsAreNamedWithTheirLines() {
    assertWrong(
        "line 2",
        "no 'margin'",
        "{\"prompt\": \"a\", \"chosen\": \"b\", \"rejected\": \"c\", \"margin\": 1}\n{\"prompt\": \"a\", \"chosen\": \"b\", \"rejected\": \"c\"}");
    assertWrong(
        "line 1",
        "no number at 'margin'",
        "{\"prompt\": \"a\", \"chosen\": \"b\", \"rejected\": \"c\", \"margin\": \"much\"}");
    assertWrong(
        "line 1",
        "no number at 'margin'",
        "{\"prompt\": \"a\", \"chosen\": \"b\", \"rejected\": \"c\", \"margin\": null}");
    assertWrong(
        "line 1", "which are no form", "{\"prompt\": \"a\", \"chosen\": \"b\", \"margin\": 1}");
    assertWrong(
        "line 1",
        "same text as 'chosen'",
        "{\"prompt\": \"a\", \"chosen\": \"b\", \"rejected\": \"b\"}");
    assertTold(
        "no pairs to learn",
        () ->
            RewardTrainer.on(model, settings(1))
                .pairs(List.of(), List.of(), RewardObjective.DEFAULT));
    assertTold("from 0 on", () -> new RewardObjective(-1));
    assertTold("from 0 on", () -> new RewardObjective(Double.NaN));
  }

  private static void assertWrong(String place, String words, String lines) {
    String told =
        String.valueOf(
            assertThrows(TextDataException.class, () -> model.pairs(data(lines), 64)).getMessage());
    assertTrue(told.contains(place) && told.contains(words), told);
  }

  private static void assertTold(String words, Runnable wrong) {
    String told =
        String.valueOf(assertThrows(IllegalArgumentException.class, wrong::run).getMessage());
    assertTrue(told.contains(words), told);
  }
}
