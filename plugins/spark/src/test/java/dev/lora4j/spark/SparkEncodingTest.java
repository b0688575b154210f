package dev.lora4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.TrainingFailure;
import dev.lora4j.diffusion.dataset.cache.ContentCache;
import dev.lora4j.diffusion.style.StyleTrainer;
import dev.lora4j.diffusion.style.TrainedStyle;
import dev.lora4j.emoji.EmojiSd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures of a training that tasks of Spark encode. */
class SparkEncodingTest {
  private static final BasePlace BASE = BasePlace.of(EmojiSd.folder());
  private static final int STEPS = 2;

  private static LocalSpark spark;

  @TempDir Path pictures;

  @BeforeAll
  static void start() {
    spark = LocalSpark.inProcess();
  }

  @AfterAll
  static void stop() {
    spark.close();
    ExecutorBases.close();
  }

  /** Each test has captions of its own, as the cache outlives a run of the tests. */
  @BeforeEach
  void draw() throws IOException {
    ColouredPictures.write(pictures);
    long unique = System.nanoTime();
    try (Stream<Path> files = Files.list(pictures)) {
      for (Path text : files.filter(f -> f.toString().endsWith(".txt")).toList()) {
        Files.writeString(text, "ball " + unique + " " + text.getFileName());
      }
    }
  }

  private static long stored() {
    try (Stream<Path> files = Files.walk(ContentCache.ofUser(DType.F32).folder())) {
      return files.filter(Files::isRegularFile).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private StyleTrainer trainer() {
    return BallTraining.trainer(ExecutorBases.of(BASE), pictures.toString(), STEPS);
  }

  private WorkerSource.Style style() {
    String folder = pictures.toString();
    return base -> BallTraining.trainer(base, folder, STEPS);
  }

  private SparkEncoding encoding() {
    return new SparkEncoding(spark.context(), BASE, style(), 2);
  }

  /** Is told of pictures that are encoded. */
  private record Told(List<Integer> done) implements RunListener {
    @Override
    public void encoding(int count, int all) {
      assertEquals(5, all);
      done.add(count);
    }

    @Override
    public void step(Step step) {}
  }

  @Test
  void tasksEncodeAllPicturesAndCaptionsAndTheTrainingIsTheSame() {
    TrainedStyle alone = trainer().run();
    Told told = new Told(new ArrayList<>());
    try (SparkGradients gradients =
        new SparkGradients(spark.context(), WorkerSource.of(BASE, style()), 1)) {
      TrainedStyle shared = trainer().encoding(encoding()).gradients(gradients).run(told);
      assertEquals(alone.adapter().identity(), shared.adapter().identity());
      assertEquals(alone.losses(), shared.losses());
    }
    assertEquals(5, told.done().get(told.done().size() - 1));
    assertEquals(told.done().stream().sorted().toList(), told.done());
    assertEquals(1, told.done().stream().filter(count -> count == 5).count());
  }

  @Test
  void whatTasksEncodedIsFoundByTheTraining() throws IOException {
    // Files of the cache are read again where pictures did not change; captions are new.
    trainer().encode(0, 1);
    try (Stream<Path> files = Files.list(pictures)) {
      for (Path text : files.filter(f -> f.toString().endsWith(".txt")).toList()) {
        Files.writeString(text, Files.readString(text) + " again");
      }
    }
    long before = stored();
    encoding().encode(5, count -> {});
    assertEquals(before + 5, stored());
  }

  @Test
  void otherPicturesOnTheMachinesAreRefused() {
    TrainingFailure e =
        assertThrows(TrainingFailure.class, () -> encoding().encode(6, count -> {}));
    assertTrue(e.getMessage().contains("found 5 pictures"), e.getMessage());
  }

  @Test
  void trainingThatIsStoppedGivesItUp() {
    List<Integer> told = new ArrayList<>();
    RunListener stop =
        new RunListener() {
          @Override
          public void encoding(int count, int all) {
            told.add(count);
            Thread.currentThread().interrupt();
          }

          @Override
          public void step(Step step) {
            throw new AssertionError("a step of a training that was stopped");
          }
        };
    StyleTrainer trainer = trainer().encoding(encoding());
    assertThrows(CancellationException.class, () -> trainer.run(stop));
    assertTrue(Thread.interrupted());
    assertEquals(1, told.size());
  }

  @Test
  void failureOfATaskNamesTheMachineAndTheReason() {
    String folder = pictures.resolve("nowhere").toString();
    SparkEncoding encoding =
        new SparkEncoding(
            spark.context(), BASE, base -> BallTraining.trainer(base, folder, STEPS), 2);
    TrainingFailure e = assertThrows(TrainingFailure.class, () -> encoding.encode(5, count -> {}));
    assertTrue(
        e.getMessage().startsWith("Pictures were not encoded on " + ExecutorBases.host()),
        e.getMessage());
    assertTrue(e.getMessage().contains("nowhere"), e.getMessage());
  }

  @Test
  void noPartIsRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> new SparkEncoding(spark.context(), BASE, style(), 0));
  }
}
