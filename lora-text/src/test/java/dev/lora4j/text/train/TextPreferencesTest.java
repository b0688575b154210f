package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.TrainingInterrupted;
import dev.lora4j.spi.InstalledContract;
import dev.lora4j.text.align.PairWeighting;
import dev.lora4j.text.align.PreferenceLoss;
import dev.lora4j.text.align.PreferenceLosses;
import dev.lora4j.text.align.PreferenceObjective;
import dev.lora4j.text.align.ReferenceSync;
import dev.lora4j.text.align.ReferenceUse;
import dev.lora4j.text.data.PreferencePair;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.SmallModel;
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

/** Runs that learn from pairs. */
class TextPreferencesTest {
  @TempDir private static Path shared;
  private static Lora4j lora;
  private static LanguageModel model;
  private static List<PreferencePair> pairs;

  @TempDir private Path temporary;

  @BeforeAll
  static void open() throws IOException {
    lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
    model = LanguageModel.open(lora, SmallModel.write(shared.resolve("model")));
    Path file =
        Files.writeString(
            shared.resolve("pairs.jsonl"),
            """
            {"prompt": "The cat", "chosen": " sat on the mat.", "rejected": " ran to the dog, and the dog ran."}
            {"prompt": "The dog", "chosen": " sat.", "rejected": " ran to the cat."}
            {"prompt": "The mat", "chosen": " sat on the cat.", "rejected": " ran."}
            {"prompt": "A cat and a dog", "chosen": " sat on the mat.", "rejected": " ran to the mat."}
            {"prompt": "A dog", "chosen": " sat on a mat.", "rejected": " ran to a mat."}
            """);
    SequenceLimits limits = new SequenceLimits(64, SequenceLimits.Longer.CUT, false);
    pairs = model.preferences(TextDataSet.read(file), limits).pairs();
  }

  @AfterAll
  static void close() {
    model.close();
    lora.close();
  }

  private static TextTrainer trainer(TextTrainingSettings settings, String loss) {
    return trainer(settings, objective(loss));
  }

  private static TextTrainer trainer(TextTrainingSettings settings, PreferenceObjective objective) {
    return TextTrainer.on(model, settings)
        .preferences(pairs.subList(0, 4), pairs.subList(4, 5), objective);
  }

  private static PreferenceObjective objective(String loss) {
    return PreferenceObjective.of(PreferenceLosses.named(loss, Map.of()));
  }

  private static TextTrainingSettings settings(int steps) {
    return TextTrainingSettings.DEFAULT.steps(steps, 5e-3).batch(2);
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
  void lossesKeepTheContractOfExtensions() {
    InstalledContract.check(PreferenceLoss.class);
  }

  /** Before the first step nothing is preferred, to the last bit. */
  @Test
  void runBeginsAsItsReference() {
    Recorder recorder = new Recorder();
    trainer(settings(1), "sigmoid").run(recorder);
    RunListener.Step first = recorder.steps.get(0);
    assertEquals((float) Math.log(2), first.loss(), 0);
    assertEquals(0, first.measures().get("rewards/margins"), 0);
    assertEquals(0, first.measures().get("rewards/accuracies"), 0);
    assertTrue(first.gradientNorm() > 0);
  }

  @Test
  void betterCompletionsGetTheGreaterReward() {
    for (String loss : List.of("sigmoid", "ipo", "simpo", "cpo")) {
      Recorder recorder = new Recorder();
      trainer(settings(40), loss).run(recorder);
      RunListener.Step last = recorder.steps.get(39);
      assertEquals(1, last.measures().get("rewards/accuracies"), loss);
      assertEquals(1, recorder.heldOut.get("rewards/accuracies"), loss);
      assertTrue(recorder.heldOut.get("rewards/margins") > 0, loss);
    }
  }

  @Test
  void referenceIsTheAdapterThatIsTrainedFurther() {
    Adapter before = trainer(settings(20), "sigmoid").run(done -> {}).adapter();
    TextTrainingSettings going = settings(3).with(settings(3).recipe().from(before));
    Recorder further = new Recorder();
    trainer(going, "sigmoid").run(further);
    assertEquals(Math.log(2), further.steps.get(0).loss(), 1e-5);
    assertEquals(0, further.steps.get(0).measures().get("rewards/margins"), 1e-4);
    assertNotEquals(0, further.steps.get(2).measures().get("rewards/margins"), 1e-4);
  }

  /** The reference is kept with what counts of each token, which is what each step computes. */
  @Test
  void keptReferenceCountsTokensAsTheModelDoes() {
    PreferenceObjective tail = objective("sigmoid").tail(0.25);
    Recorder each = new Recorder();
    trainer(settings(6), tail).run(each);
    Recorder kept = new Recorder();
    TextTrainer.on(model, settings(6))
        .preferences(pairs.subList(0, 4), pairs.subList(4, 5), tail, ReferenceUse.ONCE)
        .run(kept);
    Recorder alike = new Recorder();
    trainer(settings(6), "sigmoid").run(alike);
    assertEquals((float) Math.log(2), each.steps.get(0).loss(), 0);
    for (int i = 0; i < 6; i++) {
      assertEquals(each.steps.get(i).loss(), kept.steps.get(i).loss(), 1e-4, "step " + i);
    }
    assertNotEquals(alike.steps.get(5).loss(), each.steps.get(5).loss(), 1e-4);
  }

  @Test
  void headerSaysHowTokensAndPairsCount() {
    PreferenceObjective both = objective("sigmoid").tail(0.25).weighting(PairWeighting.WPO);
    Adapter adapter = trainer(settings(1), both).run(done -> {}).adapter();
    String told = String.valueOf(adapter.metadata().get("lora4j_preferences"));
    assertEquals(both.canonical(), told);
    assertTrue(told.contains("WPO"), told);
  }

  @Test
  void resumedRunHasTheSameBits() {
    PreferenceObjective objective = objective("sigmoid").tail(0.5).weighting(PairWeighting.WPO);
    resumes(trainer(settings(10), objective));
  }

  /** It moves after three steps, and the checkpoint of the fourth has it. */
  @Test
  void resumedReferenceFollowsTheModelAsBefore() {
    TextTrainer moving = trainer(settings(10), "sigmoid").sync(new ReferenceSync(3, 0.6));
    resumes(moving);
    assertNotEquals(
        trainer(settings(10), "sigmoid").run(done -> {}).adapter().identity(),
        moving.run(done -> {}).adapter().identity());
  }

  /** A reference that is the model before each step prefers nothing. */
  @Test
  void referenceThatIsTheModelPrefersNothing() {
    Recorder recorder = new Recorder();
    Adapter adapter =
        trainer(settings(6), "sigmoid").sync(new ReferenceSync(1, 1)).run(recorder).adapter();
    for (RunListener.Step step : recorder.steps) {
      assertEquals(Math.log(2), step.loss(), 1e-5, "step " + step.step());
      assertEquals(0, step.measures().get("rewards/margins"), 1e-4, "step " + step.step());
    }
    assertEquals("1:1.0", adapter.metadata().get("lora4j_reference_sync"));
  }

  @Test
  void referenceThatCannotMoveIsRefused() {
    ReferenceSync sync = new ReferenceSync(2, 0.5);
    assertThrows(IllegalArgumentException.class, () -> trainer(settings(1), "simpo").sync(sync));
    TextTrainer once =
        TextTrainer.on(model, settings(1))
            .preferences(pairs, List.of(), objective("sigmoid"), ReferenceUse.ONCE);
    assertThrows(IllegalArgumentException.class, () -> once.sync(sync));
    assertThrows(IllegalArgumentException.class, () -> ReferenceSync.parse("512:0"));
    assertThrows(IllegalArgumentException.class, () -> ReferenceSync.parse("0.6"));
    assertEquals(new ReferenceSync(512, 0.6), ReferenceSync.parse("512"));
  }

  private void resumes(TextTrainer trainer) {
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
                        Thread.currentThread().interrupt(); // as a listener asks to stop
                      }
                    }));
    Thread.interrupted();
    TextTrainer resuming = trainer.keeping(keeping.resume(true));
    assertEquals(whole, resuming.run(done -> {}).adapter().identity());
    String told =
        String.valueOf(
            assertThrows(
                    IllegalArgumentException.class,
                    () ->
                        trainer(settings(10), "hinge")
                            .keeping(keeping.resume(true))
                            .run(done -> {}))
                .getMessage());
    assertTrue(told.contains("objective"), told);
  }

  /** Pairs of a step count alike, in whichever of its batches they are. */
  @Test
  void accumulatedBatchesAreOneLargeOne() {
    Recorder one = new Recorder();
    Recorder two = new Recorder();
    trainer(settings(2).batch(4), "ipo").run(one);
    TextTrainingSettings halves = settings(2).batch(2);
    trainer(halves.with(halves.training().withAccumulation(2)), "ipo").run(two);
    assertEquals(one.steps.get(0).loss(), two.steps.get(0).loss(), 1e-4);
    assertEquals(
        one.steps.get(1).measures().get("logps/chosen"),
        two.steps.get(1).measures().get("logps/chosen"),
        1e-3);
  }
}
