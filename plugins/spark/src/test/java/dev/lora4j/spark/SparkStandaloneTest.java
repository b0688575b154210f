package dev.lora4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.diffusion.style.StyleTrainer;
import dev.lora4j.diffusion.style.TrainedStyle;
import dev.lora4j.emoji.EmojiSd;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A master and machines that are started by themselves, one of which is slow. */
@Tag("slow")
class SparkStandaloneTest {
  private static final BasePlace BASE = BasePlace.of(EmojiSd.folder());
  private static final int STEPS = 4;
  private static final long SLOW_MILLIS = 20_000;

  @TempDir Path folder;

  private TrainedStyle train(LocalSpark spark, WorkerSource workers, String pictures) {
    StyleTrainer trainer = BallTraining.trainer(ExecutorBases.of(BASE), pictures, STEPS);
    try (SparkGradients gradients = new SparkGradients(spark.context(), workers, 2)) {
      return trainer.gradients(gradients).run(RunListener.NONE);
    }
  }

  @Test
  void slowMachineIsNotWaitedForAndCostsNoBit() throws Exception {
    String pictures = Files.createDirectory(folder.resolve("pictures")).toString();
    ColouredPictures.write(Path.of(pictures));
    WorkerSource workers =
        WorkerSource.of(BASE, base -> BallTraining.trainer(base, pictures, STEPS));
    try (StandaloneCluster cluster = StandaloneCluster.start(folder);
        LocalSpark spark = LocalSpark.at(cluster.address())) {
      spark.awaitExecutors();
      TrainedStyle alike = train(spark, workers, pictures);
      SpeculatedTasks second = new SpeculatedTasks();
      spark.session().sparkContext().addSparkListener(second);
      String marker = folder.resolve("slow").toString();
      long from = System.nanoTime();
      TrainedStyle trained = train(spark, new SlowMachine(marker, workers, SLOW_MILLIS), pictures);
      long millis = (System.nanoTime() - from) / 1_000_000;
      assertTrue(Files.exists(Path.of(marker)));
      assertEquals(alike.adapter().identity(), trained.adapter().identity());
      assertEquals(STEPS, trained.losses().size());
      assertTrue(second.succeeded(), "no task was started a second time in " + millis + " ms");
    } finally {
      ExecutorBases.close();
    }
  }
}
