package dev.lora4j.diffusion.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.adapter.TargetPreset;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.TrainingInterrupted;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.dataset.bucket.Bucketing;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.preference.PairFiles;
import dev.lora4j.diffusion.preference.PairLoss;
import dev.lora4j.diffusion.preference.PairObjective;
import dev.lora4j.diffusion.preference.PairSettings;
import dev.lora4j.diffusion.preference.PicturePairs;
import dev.lora4j.diffusion.train.objective.LatentSample;
import dev.lora4j.diffusion.train.objective.ObjectiveSettings;
import dev.lora4j.diffusion.train.objective.SampleDraw;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An adapter learns which picture of each pair is better. */
@Tag("slow")
class PairTrainingTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final StableDiffusion SD = StableDiffusion.open(LORA, TinySd.FOLDER);
  private static final String ACCURACY = "rewards/accuracies";
  private static final int STEPS = 12;

  @TempDir private Path folder;

  @AfterAll
  static void close() {
    SD.close();
    LORA.close();
  }

  /** Numbers of all steps, and of what is held out. */
  private static final class Recorder implements RunListener {
    private final List<Step> steps = new ArrayList<>();
    private final Map<Integer, Map<String, Double>> heldOut = new LinkedHashMap<>();
    private final Map<Integer, Double> validation = new LinkedHashMap<>();
    private final List<Integer> encoded = new ArrayList<>();

    @Override
    public void encoding(int done, int all) {
      encoded.add(done);
      assertEquals(12, all);
    }

    @Override
    public void step(Step progress) {
      steps.add(progress);
    }

    @Override
    public void validated(int step, double loss, boolean best) {
      validation.put(step, loss);
    }

    @Override
    public void measured(int step, Map<String, Double> measures) {
      heldOut.put(step, measures);
    }
  }

  private StyleTrainer trainer(AdapterRecipe recipe, PairObjective objective) {
    PairFiles.of(folder.resolve("pairs"), 6);
    PairSettings how = new PairSettings(Bucketing.around(64, 8), 2, 1, 0.34, 0.1);
    StyleSettings settings =
        StyleSettings.DEFAULT
            .withSteps(STEPS)
            .withSeed(3)
            .with(LearningRates.of(1e-3))
            .with(recipe)
            .with(ObjectiveSettings.PLAIN)
            .withStored(DType.F32);
    return StyleTrainer.on(SD)
        .settings(settings)
        .pairs(PicturePairs.survey(folder.resolve("pairs"), how), objective);
  }

  private static AdapterRecipe fresh() {
    return AdapterRecipe.DEFAULT.targets(TargetLayers.of(TargetPreset.ATTENTION)).rank(4, 4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SIGMOID", "HINGE", "IPO"})
  void lossBeginsWhereNothingIsPreferred(String name) {
    PairObjective objective = new PairObjective(PairLoss.valueOf(name), 500);
    Recorder told = new Recorder();
    trainer(fresh(), objective).run(told);
    float expected =
        switch (objective.loss()) {
          case SIGMOID -> (float) Math.log(2);
          case HINGE -> 1;
          case IPO -> 1e-6f;
        };
    assertEquals(expected, told.steps.get(0).loss(), Math.ulp(expected));
    assertEquals(0.5, told.steps.get(0).measures().get(ACCURACY));
    assertEquals(0.0, told.steps.get(0).measures().get("rewards/margins"));
    assertEquals(expected, told.validation.get(0), 2 * Math.ulp(expected));
    assertEquals(0.5, told.heldOut.getOrDefault(0, Map.of()).get(ACCURACY));
    assertEquals(12, told.encoded.size());
  }

  @Test
  void pairsThatAreHeldOutAreToldApartAfterSomeSteps() {
    Recorder told = new Recorder();
    trainer(fresh(), new PairObjective(PairLoss.SIGMOID, 500)).run(told);
    Map<String, Double> after = told.heldOut.getOrDefault(STEPS, Map.of());
    assertEquals(1.0, after.get(ACCURACY), "blue is better than red");
    assertTrue(after.getOrDefault("rewards/margins", 0.0) > 0.1, after.toString());
    assertEquals(
        after.getOrDefault("rewards/margins", 0.0),
        after.getOrDefault("rewards/chosen", 0.0) - after.getOrDefault("rewards/rejected", 0.0),
        1e-3);
    assertTrue(told.validation.getOrDefault(STEPS, 1.0) < 0.6, told.validation.toString());
  }

  @Test
  void picturesOfAPairShareNoiseTimestepAndCaption() {
    List<TrainingSample> good = List.of(sample("better0", 1), sample("better1", 2));
    List<TrainingSample> bad = List.of(sample("worse0", 3), sample("worse1", 4));
    StyleSettings settings = StyleSettings.DEFAULT.with(fresh());
    StyleTask task =
        new StyleTask(
            SD.base(),
            fresh().plan(SD.base().sites().all()),
            settings,
            (scope, samples) -> List.of(),
            new PairSamples(new FixedSamples(good), new FixedSamples(bad)),
            PairPreference.besideBase(PairObjective.DEFAULT),
            1,
            steps -> Map.of());
    List<SampleDraw> draws =
        task.draws(
                4, List.of(new PairSamples(new FixedSamples(good), new FixedSamples(bad)).batch(4)))
            .get(0);
    assertEquals(4, draws.size());
    assertSame(draws.get(0), draws.get(2));
    assertSame(draws.get(1), draws.get(3));
    assertNotEquals(draws.get(0).level().timestep(), draws.get(1).level().timestep());
    assertNotEquals(draws.get(0).noise()[0], draws.get(1).noise()[0]);
    assertEquals(
        List.of("better0", "better1", "worse0", "worse1"),
        task.batches(4, 1).get(0).items(),
        "the better ones come first");
  }

  private static TrainingSample sample(String name, int number) {
    float[] latents = new float[4 * 8 * 8];
    java.util.Arrays.fill(latents, number);
    return new TrainingSample(
        Path.of(name),
        LatentSample.of(Shape.of(4, 8, 8), latents),
        "a fox",
        true,
        TrainingSample.Sizes.own(64, 64));
  }

  @Test
  void interruptedRunResumesToTheSameBits() {
    PairObjective objective = new PairObjective(PairLoss.SIGMOID, 500);
    String whole = trainer(fresh(), objective).run().adapter().identity();
    CheckpointPolicy keeping =
        CheckpointPolicy.NOTHING.in(folder.resolve("checkpoints")).every(3).identity(Map.of());
    assertThrows(
        TrainingInterrupted.class,
        () ->
            trainer(fresh(), objective)
                .keeping(keeping)
                .run(
                    step -> {
                      if (step.step() == 5) {
                        Thread.currentThread().interrupt();
                      }
                    }));
    assertTrue(Thread.interrupted());
    List<Integer> taken = new ArrayList<>();
    TrainedStyle resumed =
        trainer(fresh(), objective).keeping(keeping.resume(true)).run(p -> taken.add(p.step()));
    assertEquals(6, taken.get(0));
    assertEquals(whole, resumed.adapter().identity());
  }

  @Test
  void adapterThatIsTrainedFurtherIsItsOwnReference() {
    PairObjective objective = new PairObjective(PairLoss.SIGMOID, 500);
    Adapter begun = trainer(fresh(), objective).run().adapter();
    Recorder told = new Recorder();
    Adapter further = trainer(fresh().from(begun), objective).run(told).adapter();
    float nothing = (float) Math.log(2);
    assertEquals(nothing, told.steps.get(0).loss(), Math.ulp(nothing), "beside itself");
    assertEquals(0.0, told.heldOut.getOrDefault(0, Map.of()).get("rewards/margins"));
    assertEquals(1.0, told.heldOut.getOrDefault(STEPS, Map.of()).get(ACCURACY));
    assertNotEquals(begun.identity(), further.identity());
  }

  @Test
  void freshAdaptersOfTextEncodersAreRefused() {
    AdapterRecipe text =
        fresh().targets(TargetLayers.of(TargetPreset.ATTENTION, TargetPreset.TEXT_ENCODERS));
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> trainer(text, PairObjective.DEFAULT).run());
    assertTrue(String.valueOf(e.getMessage()).contains("Train no text encoder"), e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> new PairObjective(PairLoss.IPO, 0));
  }
}
