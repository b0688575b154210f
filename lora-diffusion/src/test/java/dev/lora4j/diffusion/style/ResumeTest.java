package dev.lora4j.diffusion.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.training.DropoutKind;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.adapter.Dropouts;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.TrainingInterrupted;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that was stopped goes on to the bits of one that was not. */
class ResumeTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final StableDiffusion SD = StableDiffusion.open(LORA, TinySd.FOLDER);
  private static final int STEPS = 9;
  @TempDir Path folder;

  @AfterAll
  static void close() {
    SD.close();
    LORA.close();
  }

  /** Identity of the adapter of a run that nothing stops. */
  private static final Supplier<String> WHOLE =
      new Supplier<>() {
        private String identity = "";

        @Override
        public String get() {
          if (identity.isEmpty()) {
            identity = trainer(CheckpointPolicy.NOTHING).run().adapter().identity();
          }
          return identity;
        }
      };

  private static StyleTrainer trainer(CheckpointPolicy keeping) {
    int side = SD.base().sampleSize() * SD.base().vae().scale();
    List<Picture> pictures = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      byte[] rgb = new byte[3 * side * side];
      Arrays.fill(rgb, 0, side * side * (i % 3), (byte) (40 * i));
      pictures.add(new Picture("p" + i, "thing " + i, side, side, rgb));
    }
    StyleSettings settings =
        StyleSettings.DEFAULT
            .withSteps(STEPS)
            .withSeed(3)
            .with(LearningRates.of(1e-2))
            .with(StyleSettings.DEFAULT.recipe().rank(4, 4).dropouts(new Dropouts(0, 0.2, 0, 0)))
            .withStored(DType.F32);
    assertTrue(settings.recipe().dropouts().of(DropoutKind.NETWORK) > 0);
    return StyleTrainer.on(SD).images(pictures).batch(2).settings(settings).keeping(keeping);
  }

  private CheckpointPolicy keeping(boolean resume, String pictures) {
    return CheckpointPolicy.NOTHING
        .in(folder)
        .every(3)
        .resume(resume)
        .identity(Map.of("pictures", pictures));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 5, 8})
  void runInterruptedAnywhereResumesToTheSameBits(int at) {
    String whole = WHOLE.get();
    TrainingInterrupted stopped =
        assertThrows(
            TrainingInterrupted.class,
            () ->
                trainer(keeping(false, "a"))
                    .run(
                        progress -> {
                          if (progress.step() == at) {
                            Thread.currentThread().interrupt();
                          }
                        }));
    assertTrue(Thread.interrupted());
    assertEquals(at, stopped.steps());
    assertTrue(stopped.checkpoint().isPresent());
    List<Integer> taken = new ArrayList<>();
    TrainedStyle resumed = trainer(keeping(true, "a")).run(p -> taken.add(p.step()));
    assertEquals(at + 1, taken.get(0));
    assertEquals(whole, resumed.adapter().identity());
  }

  @Test
  void damagedCheckpointIsSkippedForTheOneBefore() throws Exception {
    String whole = trainer(keeping(false, "a")).run().adapter().identity();
    List<Path> files;
    try (var all = Files.list(folder)) {
      files = all.sorted().toList();
    }
    assertEquals(2, files.size());
    byte[] bytes = Files.readAllBytes(files.get(1));
    bytes[bytes.length / 2] ^= 1;
    Files.write(files.get(1), bytes);
    List<String> notes = new ArrayList<>();
    List<Integer> taken = new ArrayList<>();
    RunListener listener =
        new RunListener() {
          @Override
          public void step(Step progress) {
            taken.add(progress.step());
          }

          @Override
          public void resumed(int step, List<String> all) {
            notes.addAll(all);
          }
        };
    assertEquals(whole, trainer(keeping(true, "a")).run(listener).adapter().identity());
    assertEquals(List.of(7, 8, 9), taken);
    assertTrue(
        notes.toString().contains(String.valueOf(files.get(1).getFileName())), notes.toString());
  }

  @Test
  void unwritableCheckpointsDoNotStopTheRun() throws Exception {
    String whole = WHOLE.get();
    Path inTheWay = Files.writeString(folder.resolve("file"), "no folder");
    CheckpointPolicy keeping = CheckpointPolicy.NOTHING.in(inTheWay).every(3);
    List<Integer> missed = new ArrayList<>();
    RunListener listener =
        new RunListener() {
          @Override
          public void step(Step progress) {
            assertTrue(Float.isFinite(progress.loss()));
          }

          @Override
          public void notSaved(int step, String reason) {
            missed.add(step);
            assertTrue(reason.contains(inTheWay.toString()), reason);
          }
        };
    assertEquals(whole, trainer(keeping).run(listener).adapter().identity());
    assertEquals(List.of(3, 6, 9), missed);
    assertEquals("no folder", Files.readString(inTheWay));
  }

  @Test
  void otherPicturesAreRefused() {
    trainer(keeping(false, "a")).run();
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> trainer(keeping(true, "b")).run());
    assertTrue(e.getMessage().contains("pictures (was a, is b)"), e.getMessage());
  }
}
