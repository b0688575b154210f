package dev.lora4j.diffusion.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.adapter.TargetPreset;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.TrainingInterrupted;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.TinyXl;
import dev.lora4j.diffusion.consistency.ConsistencySettings;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.FewSteps;
import dev.lora4j.diffusion.request.Prompt;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters for few steps, from pictures to a file that says its use. */
class FewStepTrainingTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final StableDiffusion SD = StableDiffusion.open(LORA, TinySd.FOLDER);
  private static final int STEPS = 6;
  @TempDir private Path folder;

  @AfterAll
  static void close() {
    SD.close();
    LORA.close();
  }

  private static StyleTrainer trainer(StableDiffusion sd, StyleSettings settings) {
    int side = sd.base().sampleSize() * sd.base().vae().scale();
    List<Picture> pictures = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      byte[] rgb = new byte[3 * side * side];
      Arrays.fill(rgb, 0, side * side * (i % 3), (byte) (40 * i));
      pictures.add(new Picture("p" + i, "thing " + i, side, side, rgb));
    }
    return StyleTrainer.on(sd).images(pictures).batch(2).captionDropout(0).settings(settings);
  }

  private static StyleSettings settings() {
    return StyleSettings.DEFAULT
        .withSteps(STEPS)
        .withSeed(3)
        .with(LearningRates.of(1e-2))
        .withRank(4)
        .withStored(DType.F32);
  }

  private static StyleTrainer trainer() {
    return trainer(SD, settings()).fewSteps(FewStepLesson.settings(SD.base()));
  }

  @Test
  void runInterruptedResumesToTheSameBits() {
    String whole = trainer().run().adapter().identity();
    CheckpointPolicy keeping = CheckpointPolicy.NOTHING.in(folder).every(2);
    assertThrows(
        TrainingInterrupted.class,
        () ->
            trainer()
                .keeping(keeping)
                .run(
                    progress -> {
                      if (progress.step() == 3) {
                        Thread.currentThread().interrupt();
                      }
                    }));
    assertTrue(Thread.interrupted());
    List<Integer> taken = new ArrayList<>();
    TrainedStyle resumed = trainer().keeping(keeping.resume(true)).run(p -> taken.add(p.step()));
    assertEquals(List.of(4, 5, 6), taken);
    assertEquals(whole, resumed.adapter().identity());
    assertNotEquals(whole, trainer(SD, settings()).run().adapter().identity(), "of a style");
    assertNotEquals(
        whole,
        trainer(SD, settings())
            .fewSteps(ConsistencySettings.DEFAULT.withGuidance(0, 0))
            .run()
            .adapter()
            .identity(),
        "of another teacher");
  }

  @Test
  void checkpointingChangesNoBit() {
    StyleTrainer twice =
        trainer(SD, settings().withCheckpointing(true)).fewSteps(FewStepLesson.settings(SD.base()));
    assertEquals(trainer().run().adapter().identity(), twice.run().adapter().identity());
  }

  @Test
  void fileIsWhatWasTrainedAndSaysItsUse() {
    TrainedStyle trained = trainer().run();
    Path file = folder.resolve("fast.safetensors");
    trained.save(file);
    Adapter read = SD.adapter(file);
    assertEquals(trained.adapter().identity(), read.identity());
    assertEquals(Optional.of(FewSteps.LCM), FewSteps.of(read.metadata()));
    Map<String, String> header = read.metadata();
    assertEquals("few steps", header.get("lora4j_learned"));
    assertEquals("huber", header.get("ss_loss_type"));
    assertEquals("50", header.get("lora4j_solver_steps"));
    assertEquals("sampler lcm, 4 steps, guidance 1", header.get("modelspec.usage_hint"));
    assertTrue(!header.containsKey("ss_min_snr_gamma"), "of another loss");
    Prompt prompt = FewSteps.LCM.apply(Prompt.of("thing 1").mix(MixPlan.of(read, 1)));
    assertEquals("lcm", SD.generate(prompt).prompt().sampler());
  }

  @Test
  void xlIsTaughtWithZerosForNoCaption() {
    try (StableDiffusion xl = StableDiffusion.open(LORA, TinyXl.FOLDER)) {
      assertEquals(ConsistencySettings.XL, FewStepLesson.settings(xl.base()));
      List<Float> losses = new ArrayList<>();
      trainer(xl, settings().withSteps(2))
          .fewSteps(ConsistencySettings.XL)
          .run(p -> losses.add(p.loss()));
      assertEquals(2, losses.size());
      assertTrue(losses.stream().allMatch(l -> Float.isFinite(l) && l > 0), losses.toString());
    }
  }

  @Test
  void whatCannotBeTaughtIsRefusedByName() {
    AdapterRecipe recipe = settings().recipe();
    assertRefused(
        recipe.targets(TargetLayers.of(TargetPreset.ATTENTION, TargetPreset.TEXT_ENCODERS)),
        "of the denoiser alone");
    assertRefused(recipe.method(TrainableMethods.named("tlora", Map.of())), "method tlora");
    Adapter other = trainer(SD, settings().withSteps(1)).run().adapter();
    List<Teacher> others = List.of(new Teacher(other, 1, folder, "", ""));
    Exception teachers =
        assertThrows(IllegalArgumentException.class, () -> trainer().teachers(others));
    assertTrue(teachers.getMessage().contains("the base alone"), teachers.getMessage());
  }

  private static void assertRefused(AdapterRecipe recipe, String words) {
    Exception refused =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                trainer(SD, settings().with(recipe))
                    .fewSteps(FewStepLesson.settings(SD.base()))
                    .run());
    assertTrue(String.valueOf(refused.getMessage()).contains(words), refused.getMessage());
  }
}
