package dev.lora4j.diffusion.style;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.adapter.TargetPreset;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.StepCost;
import dev.lora4j.core.train.run.TrainingInterrupted;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.TinyXl;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.pipeline.LatentPath;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import dev.lora4j.diffusion.slider.SliderSettings;
import dev.lora4j.diffusion.train.objective.ObjectiveSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sliders, from prompts to an adapter whose weight has a sign. */
@Tag("slow")
class SliderTrainingTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final StableDiffusion SD = StableDiffusion.open(LORA, TinySd.FOLDER);
  private static final SliderSettings HOW =
      SliderSettings.of("a face", "a bright face", "a dark face").drawn(3);
  private static final int STEPS = 6;
  private static final Map<Boolean, String> WHOLE = new HashMap<>();
  @TempDir private Path folder;

  @AfterAll
  static void close() {
    SD.close();
    LORA.close();
  }

  private static StyleSettings settings() {
    return StyleSettings.DEFAULT
        .with(ObjectiveSettings.PLAIN)
        .withSteps(STEPS)
        .withSeed(3)
        .with(LearningRates.of(1e-2))
        .withRank(4)
        .withStored(DType.F32);
  }

  private static StyleTrainer trainer(StyleSettings settings) {
    return StyleTrainer.on(SD).batch(2).settings(settings).slider(HOW);
  }

  /** Result of an uninterrupted run of {@link #settings}, which is trained once. */
  private static String whole(boolean withPictures) {
    return WHOLE.computeIfAbsent(withPictures, SliderTrainingTest::run);
  }

  private static String run(boolean withPictures) {
    StyleTrainer trainer = trainer(settings());
    return (withPictures ? trainer.images(pictures()) : trainer).run().adapter().identity();
  }

  /** The share of the direction that is not learned. */
  private static double left(RunListener.Step step) {
    return step.loss() / step.measures().getOrDefault("slider/direction", 0.0);
  }

  private static List<Picture> pictures() {
    int side = SD.base().sampleSize() * SD.base().vae().scale();
    List<Picture> pictures = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      byte[] rgb = new byte[3 * side * side];
      Arrays.fill(rgb, 0, side * side * (i % 3), (byte) (40 * i));
      pictures.add(new Picture("p" + i, "thing " + i, side, side, rgb));
    }
    return pictures;
  }

  @Test
  void adapterLearnsTheDirectionAndItsOpposite() {
    List<Double> shares = new ArrayList<>();
    Adapter slider =
        trainer(settings().withSteps(36)).run(step -> shares.add(left(step))).adapter();
    assertEquals(1, shares.get(0), 1e-5, "a fresh adapter changes nothing");
    double last = shares.subList(26, 36).stream().mapToDouble(d -> d).average().orElseThrow();
    assertTrue(last < 0.5, "share of the direction that is left: " + last);
    float[] base = OnePrediction.of(SD, slider, 0, "a face");
    float[] aimed = new float[base.length];
    float[] positive = OnePrediction.of(SD, slider, 0, HOW.prompts().positive());
    float[] negative = OnePrediction.of(SD, slider, 0, HOW.prompts().negative());
    for (int i = 0; i < aimed.length; i++) {
      aimed[i] = positive[i] - negative[i];
    }
    double forwards = cosine(difference(OnePrediction.of(SD, slider, 1, "a face"), base), aimed);
    double backwards = cosine(difference(OnePrediction.of(SD, slider, -1, "a face"), base), aimed);
    assertTrue(forwards > 0.4, "forwards " + forwards);
    assertTrue(backwards < -0.4, "backwards " + backwards);
  }

  private static float[] difference(float[] a, float[] b) {
    float[] all = new float[a.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = a[i] - b[i];
    }
    return all;
  }

  private static double cosine(float[] a, float[] b) {
    double both = 0;
    double ofA = 0;
    double ofB = 0;
    for (int i = 0; i < a.length; i++) {
      both += a[i] * b[i];
      ofA += a[i] * a[i];
      ofB += b[i] * b[i];
    }
    return both / Math.sqrt(ofA * ofB);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void runInterruptedResumesToTheSameBits(boolean withPictures) {
    StyleTrainer trainer =
        withPictures ? trainer(settings()).images(pictures()) : trainer(settings());
    CheckpointPolicy keeping = CheckpointPolicy.NOTHING.in(folder).every(2);
    assertThrows(
        TrainingInterrupted.class,
        () ->
            trainer
                .keeping(keeping)
                .run(
                    progress -> {
                      if (progress.step() == 3) {
                        Thread.currentThread().interrupt();
                      }
                    }));
    assertTrue(Thread.interrupted());
    List<Integer> taken = new ArrayList<>();
    TrainedStyle resumed = trainer.keeping(keeping.resume(true)).run(p -> taken.add(p.step()));
    assertEquals(List.of(4, 5, 6), taken);
    assertEquals(whole(withPictures), resumed.adapter().identity());
  }

  @Test
  void strengthAndPromptsCount() {
    StyleTrainer trainer = trainer(settings());
    String whole = whole(false);
    assertNotEquals(whole, trainer.slider(HOW.strength(1)).run().adapter().identity(), "strength");
    assertNotEquals(
        whole,
        trainer.slider(HOW.preserve(List.of("old", "new"))).run().adapter().identity(),
        "prompts");
  }

  @Test
  void checkpointingChangesNoBit() {
    assertEquals(
        whole(false), trainer(settings().withCheckpointing(true)).run().adapter().identity());
  }

  @Test
  void captionsOfPicturesDoNotCount() {
    List<Picture> others =
        pictures().stream()
            .map(p -> new Picture(p.name(), "other", p.width(), p.height(), p.rgb()))
            .toList();
    assertEquals(whole(true), trainer(settings()).images(others).run().adapter().identity());
    assertNotEquals(whole(true), whole(false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"EPSILON", "FLOW"})
  void otherPredictionsAreTrainedToo(String name) {
    LoadOptions options = LoadOptions.in(DType.F32).predicting(Prediction.valueOf(name));
    try (StableDiffusion other = StableDiffusion.open(LORA, TinySd.FOLDER, options)) {
      List<Double> shares = new ArrayList<>();
      // Samplers of flows are others than the folder's own.
      StyleTrainer trainer = StyleTrainer.on(other).batch(2).settings(settings().withSteps(10));
      (name.equals("FLOW") ? trainer.images(pictures()) : trainer)
          .slider(HOW)
          .run(step -> shares.add(left(step)));
      assertEquals(1, shares.get(0), 1e-5);
      assertTrue(shares.get(9) < 0.9, shares.toString());
    }
  }

  @Test
  void xlIsTrainedWithItsPooledPrompts() {
    try (StableDiffusion xl = StableDiffusion.open(LORA, TinyXl.FOLDER)) {
      List<Float> losses = new ArrayList<>();
      StyleTrainer.on(xl)
          .batch(2)
          .settings(settings().withSteps(2))
          .slider(HOW.preserve(List.of("old", "new")))
          .run(p -> losses.add(p.loss()));
      assertEquals(2, losses.size());
      assertTrue(losses.stream().allMatch(l -> Float.isFinite(l) && l > 0), losses.toString());
    }
  }

  @Test
  void fileSaysTheDirection() {
    Path file = folder.resolve("slider.safetensors");
    trainer(settings().withSteps(1)).slider(HOW.preserve(List.of("old"))).run().save(file);
    Map<String, String> header = SD.adapter(file).metadata();
    assertEquals("slider", header.get("lora4j_learned"));
    assertEquals("a face", header.get("lora4j_slider_target"));
    assertEquals("a bright face", header.get("lora4j_slider_positive"));
    assertEquals("a dark face", header.get("lora4j_slider_negative"));
    assertEquals("old", header.get("lora4j_slider_preserve"));
    assertEquals("4.0", header.get("lora4j_slider_strength"));
    assertEquals(
        "weights above 0: a bright face; below 0: a dark face", header.get("modelspec.usage_hint"));
    assertEquals("l2", header.get("ss_loss_type"));
    assertFalse(header.containsKey("ss_tag_frequency"), "captions do not count");
  }

  @Test
  void waysOfTheBaseAreThoseOfItsPictures() {
    Prompt prompt = Prompt.of("a face").seed(7).steps(4);
    List<LatentPath> both = SD.paths(List.of(prompt, prompt.seed(8)));
    LatentPath path = both.get(0);
    assertEquals(3, path.levels().size());
    assertEquals(3, path.latents().size());
    assertTrue(path.levels().get(0).noise() > path.levels().get(2).noise());
    assertArrayEquals(
        SD.paths(List.of(prompt)).get(0).latents().get(2), path.latents().get(2), 1e-4f);
    assertFalse(Arrays.equals(path.latents().get(0), both.get(1).latents().get(0)));
    assertEquals(1, path.nearest(path.levels().get(1).timestep() + 1));
    assertThrows(IllegalArgumentException.class, () -> SD.paths(List.of(prompt.steps(1))));
  }

  @Test
  void stepCostsMoreThanTwoOfAStyle() {
    StyleSettings settings = settings();
    AdapterPlan plan = settings.recipe().plan(SD.base().sites().all());
    StepCost style = StyleCost.of(SD.base(), plan, settings, 2, 8, 8);
    StepCost slider = StyleCost.of(SD.base(), plan, settings, HOW, 2, 8, 8);
    double times = (double) slider.flops() / style.flops();
    // Two trained runs and three of the base, of which a trained one costs about three.
    assertTrue(times > 2.5 && times < 3.5, "times " + times);
    assertTrue(slider.bytes() > style.bytes());
  }

  @Test
  void whatCannotBeASliderIsRefusedByName() {
    AdapterRecipe recipe = settings().recipe();
    assertRefused(
        recipe.targets(TargetLayers.of(TargetPreset.ATTENTION, TargetPreset.TEXT_ENCODERS)),
        "of the denoiser alone");
    assertRefused(recipe.method(TrainableMethods.named("boft", Map.of())), "method boft");
    Adapter other = trainer(settings().withSteps(1)).run().adapter();
    List<Teacher> others = List.of(new Teacher(other, 1, folder, "", ""));
    Exception teachers =
        assertThrows(
            IllegalArgumentException.class, () -> trainer(settings()).teachers(others).run());
    assertTrue(teachers.getMessage().contains("no teachers"), teachers.getMessage());
    Exception same =
        assertThrows(IllegalArgumentException.class, () -> SliderSettings.of("a", "b", "b "));
    assertTrue(same.getMessage().contains("\"b\" twice"), same.getMessage());
    assertThrows(IllegalArgumentException.class, () -> HOW.strength(0));
  }

  private static void assertRefused(AdapterRecipe recipe, String words) {
    Exception refused =
        assertThrows(IllegalArgumentException.class, () -> trainer(settings().with(recipe)).run());
    assertTrue(String.valueOf(refused.getMessage()).contains(words), refused.getMessage());
  }
}
