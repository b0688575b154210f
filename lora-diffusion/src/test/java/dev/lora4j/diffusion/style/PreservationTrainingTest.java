package dev.lora4j.diffusion.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.Dropouts;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.adapter.TargetPreset;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.StepCost;
import dev.lora4j.core.train.run.TrainingInterrupted;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.slider.SliderSettings;
import dev.lora4j.diffusion.train.objective.ClassPreservation;
import dev.lora4j.diffusion.train.objective.LossSettings;
import dev.lora4j.diffusion.train.objective.ObjectiveSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters that leave the base as it is where their trigger is not said. */
@Tag("slow")
class PreservationTrainingTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final StableDiffusion SD = StableDiffusion.open(LORA, TinySd.FOLDER);
  private static final ClassPreservation HOW = new ClassPreservation(List.of("zkw"), "", 1);
  private static final int STEPS = 4;
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
    int side = SD.base().sampleSize() * SD.base().vae().scale();
    List<Picture> pictures = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      byte[] rgb = new byte[3 * side * side];
      Arrays.fill(rgb, 0, side * side * (i % 3), (byte) (40 * i));
      pictures.add(new Picture("p" + i, "zkw, thing " + i, side, side, rgb));
    }
    return StyleTrainer.on(SD).images(pictures).batch(2).captionDropout(0).settings(settings);
  }

  private static double moved(Adapter adapter, String prompt) {
    float[] base = OnePrediction.of(SD, adapter, 0, prompt);
    float[] now = OnePrediction.of(SD, adapter, 1, prompt);
    double sum = 0;
    for (int i = 0; i < base.length; i++) {
      sum += Math.pow(now[i] - base[i], 2);
    }
    return Math.sqrt(sum / base.length);
  }

  @Test
  void captionsWithoutTheTriggerStayNearerToTheBase() {
    StyleSettings longer = settings().withSteps(12);
    Adapter plain = trainer(longer).run().adapter();
    Adapter kept = trainer(longer).preserving(HOW).run().adapter();
    double before = moved(plain, "thing 1");
    double after = moved(kept, "thing 1");
    assertTrue(after < 0.7 * before, "moved by " + after + " instead of " + before);
  }

  @Test
  void runInterruptedResumesToTheSameBits() {
    StyleTrainer trainer = trainer(settings()).preserving(HOW);
    String whole = trainer.run().adapter().identity();
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
    TrainedStyle resumed = trainer.keeping(keeping.resume(true)).run();
    assertEquals(whole, resumed.adapter().identity());
    assertNotEquals(whole, trainer(settings()).run().adapter().identity(), "of nothing kept");
    ClassPreservation other = new ClassPreservation(List.of("zkw"), "a drawing", 1);
    assertNotEquals(
        whole, trainer(settings()).preserving(other).run().adapter().identity(), "of a class");
  }

  @Test
  void masksDropoutsAndMethodsThatFollowTheTimestepGoWithIt() {
    List<StyleSettings> all =
        List.of(
            settings()
                .with(
                    ObjectiveSettings.PLAIN.with(
                        new LossSettings(LossSettings.L2.criterion(), true))),
            settings().with(settings().recipe().dropouts(new Dropouts(0.1, 0.1, 0.1, 0.1))),
            settings().with(settings().recipe().method(TrainableMethods.named("tlora", Map.of()))),
            settings().withCheckpointing(true));
    for (StyleSettings settings : all) {
      List<Float> losses = new ArrayList<>();
      trainer(settings.withSteps(2)).preserving(HOW).run(p -> losses.add(p.loss()));
      assertTrue(losses.stream().allMatch(Float::isFinite), losses.toString());
      assertEquals(2, losses.size());
    }
  }

  @Test
  void fileSaysWhatWasKept() {
    Path file = folder.resolve("kept.safetensors");
    trainer(settings().withSteps(1))
        .preserving(new ClassPreservation(List.of("zkw"), "thing", 0.5))
        .run()
        .save(file);
    Map<String, String> header = SD.adapter(file).metadata();
    assertEquals("thing", header.get("lora4j_preservation_class"));
    assertEquals("0.5", header.get("lora4j_preservation_weight"));
    assertEquals("l2", header.get("ss_loss_type"));
  }

  @Test
  void stepCostsTwoMoreRuns() {
    StyleSettings settings = settings();
    AdapterPlan plan = settings.recipe().plan(SD.base().sites().all());
    StepCost style = StyleCost.of(SD.base(), plan, settings, 2, 8, 8);
    StepCost kept = StyleCost.of(SD.base(), plan, settings, HOW, 2, 8, 8);
    double times = (double) kept.flops() / style.flops();
    // A trained run more, and one of the base, which costs about a third.
    assertTrue(times > 2 && times < 2.6, "times " + times);
    assertTrue(kept.bytes() > style.bytes());
  }

  @Test
  void whatItDoesNotGoWithIsRefusedByName() {
    StyleSettings text =
        settings()
            .with(
                settings()
                    .recipe()
                    .targets(TargetLayers.of(TargetPreset.ATTENTION, TargetPreset.TEXT_ENCODERS)));
    assertRefused(trainer(text).preserving(HOW), "text encoders read");
    assertRefused(
        trainer(settings()).preserving(HOW).slider(SliderSettings.of("", "a", "b")), "no slider");
    assertRefused(
        trainer(settings()).preserving(HOW).fewSteps(FewStepLesson.settings(SD.base())),
        "no few steps");
  }

  private static void assertRefused(StyleTrainer trainer, String words) {
    Exception refused = assertThrows(IllegalArgumentException.class, trainer::run);
    assertTrue(String.valueOf(refused.getMessage()).contains(words), refused.getMessage());
  }
}
