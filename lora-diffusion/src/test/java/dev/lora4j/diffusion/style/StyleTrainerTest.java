package dev.lora4j.diffusion.style;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.TrainingWorker;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StyleTrainerTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final StableDiffusion SD = StableDiffusion.open(LORA, TinySd.FOLDER);
  private static final Prompt PROMPT = Prompt.of("a fox").steps(4).seed(5);

  @AfterAll
  static void close() {
    SD.close();
    LORA.close();
  }

  private static List<Picture> pictures() {
    int side = SD.base().sampleSize() * SD.base().vae().scale();
    List<Picture> pictures = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      byte[] rgb = new byte[3 * side * side];
      java.util.Arrays.fill(rgb, 0, side * side * (i % 3), (byte) (40 * i));
      pictures.add(new Picture("p" + i, "thing " + i, side, side, rgb));
    }
    return pictures;
  }

  private static StyleSettings settings(DType stored) {
    return StyleSettings.DEFAULT
        .withRank(4)
        .withSteps(12)
        .with(LearningRates.of(1e-2))
        .withSeed(9)
        .withStored(stored);
  }

  private static int[] pixels(Adapter adapter, double weight) {
    BufferedImage image = SD.generate(PROMPT.mix(MixPlan.of(adapter, weight))).image();
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "BF16"})
  void savedAdapterActsAsTheTrainedOne(DType stored, @TempDir Path folder) {
    TrainedStyle style =
        StyleTrainer.on(SD)
            .images(pictures())
            .batch(3)
            .settings(settings(stored))
            .name("mine")
            .run();
    Path file = folder.resolve("mine.safetensors");
    style.save(file);
    Adapter read = SD.adapter(file);
    assertEquals(style.adapter().identity(), read.identity());
    assertEquals("4", read.metadata().get("ss_network_dim"));
    assertArrayEquals(pixels(style.adapter(), 0.8), pixels(read, 0.8));
  }

  @Test
  void trainingLowersTheLossAndChangesThePicture() {
    TrainedStyle style =
        StyleTrainer.on(SD)
            .images(pictures())
            .settings(settings(DType.F32).withSteps(60))
            .batch(4)
            .captionDropout(0)
            .run();
    double first = style.losses().subList(0, 15).stream().mapToDouble(l -> l).average().orElse(0);
    double last = style.losses().subList(45, 60).stream().mapToDouble(l -> l).average().orElse(0);
    assertTrue(last < 0.9 * first, first + " then " + last);
    assertNotEquals(
        java.util.Arrays.hashCode(pixels(style.adapter(), 0)),
        java.util.Arrays.hashCode(pixels(style.adapter(), 1)));
  }

  @Test
  void weightZeroIsTheBase() {
    Adapter adapter = SD.adapter(TinySd.FOLDER.resolve("lora-kohya.safetensors"));
    BufferedImage base = SD.generate(PROMPT).image();
    assertArrayEquals(
        base.getRGB(0, 0, base.getWidth(), base.getHeight(), null, 0, base.getWidth()),
        pixels(adapter, 0));
  }

  @Test
  void theSameSeedTrainsTheSameAdapter() {
    StyleTrainer trainer =
        StyleTrainer.on(SD).images(pictures()).batch(3).settings(settings(DType.F32));
    assertEquals(trainer.run().adapter().identity(), trainer.run().adapter().identity());
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "BF16"})
  void gradientsOfWorkersTrainTheSameAdapter(DType compute) {
    try (StableDiffusion base =
        StableDiffusion.open(LORA, TinySd.FOLDER, LoadOptions.in(compute))) {
      StyleTrainer trainer =
          StyleTrainer.on(base)
              .images(pictures())
              .batch(2)
              .settings(settings(DType.F32).withAccumulation(4));
      TrainedStyle own = trainer.run();
      try (TrainingWorker one = trainer.worker(RunListener.NONE);
          TrainingWorker other = trainer.worker(RunListener.NONE)) {
        TrainedStyle alone = trainer.gradients(step -> one.share(step, 0, 4)).run();
        assertEquals(own.adapter().identity(), alone.adapter().identity());
        assertEquals(own.adapter().metadata(), alone.adapter().metadata());
        assertEquals(own.losses(), alone.losses());
        TrainedStyle both =
            trainer
                .gradients(step -> one.share(step, 0, 3).followedBy(other.share(step, 3, 4)))
                .run();
        for (int step = 0; step < own.losses().size(); step++) {
          assertEquals(own.losses().get(step), both.losses().get(step), 1e-4f, "step " + step);
        }
      }
    }
  }

  @Test
  void interruptStopsTrainingAndLeavesTheBaseUsable() {
    RunListener interrupt =
        progress -> {
          if (progress.step() == 3) {
            Thread.currentThread().interrupt();
          }
        };
    assertThrows(
        CancellationException.class,
        () ->
            StyleTrainer.on(SD)
                .images(pictures())
                .batch(3)
                .settings(settings(DType.F32))
                .run(interrupt));
    assertTrue(Thread.interrupted());
    assertEquals(32, SD.generate(PROMPT).image().getWidth());
  }

  @Test
  void incompatibleSettingsAreRefusedBeforeEncoding() {
    StyleSettings d = settings(DType.F32);
    StyleSettings both =
        d.with(d.recipe().start(FactorInit.PISSA)).withMaxNorm(1).withStored(DType.F32);
    List<Integer> encoded = new ArrayList<>();
    RunListener listener =
        new RunListener() {
          @Override
          public void step(Step done) {}

          @Override
          public void encoding(int done, int all) {
            encoded.add(done);
          }
        };
    StyleTrainer trainer = StyleTrainer.on(SD).images(pictures()).settings(both);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> trainer.run(listener));
    assertTrue(e.getMessage().contains("take one of them away"), e.getMessage());
    assertEquals(List.of(), encoded);
  }

  @Test
  void aBrokenPictureIsNamed(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("broken.png"), "no picture");
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> StyleTrainer.on(SD).images(folder));
    assertTrue(e.getMessage().contains("broken.png"), e.getMessage());
  }
}
