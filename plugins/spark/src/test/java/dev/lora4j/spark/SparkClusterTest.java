package dev.lora4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.train.local.LocalSteps;
import dev.lora4j.core.train.local.OuterStep;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.dataset.cache.ContentCache;
import dev.lora4j.diffusion.evaluation.JudgedStyle;
import dev.lora4j.diffusion.judge.JudgedSample;
import dev.lora4j.diffusion.judge.Judges;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.record.GeneratedImage;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.style.StyleTrainer;
import dev.lora4j.diffusion.style.TrainedStyle;
import dev.lora4j.emoji.EmojiSd;
import dev.lora4j.emoji.JudgeFolder;
import dev.lora4j.text.train.TextTrainer;
import dev.lora4j.text.train.TrainedText;
import dev.lora4j.tinylm.TinyLm;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Executors in processes of their own: what is sent to them, and what happens when one is killed.
 */
@Tag("slow")
class SparkClusterTest {
  private static final BasePlace BASE = BasePlace.of(EmojiSd.folder());
  private static final JudgeFolder FOLDER = EmojiSd.judge();
  private static final int STEPS = 6;

  @TempDir static Path pictures;

  private static LocalSpark spark;
  private static TrainedStyle whole;

  @BeforeAll
  static void start() throws IOException {
    ColouredPictures.write(pictures);
    spark = LocalSpark.executors();
    whole = train(RunListener.NONE);
  }

  @AfterAll
  static void stop() {
    spark.close();
    ExecutorBases.close();
  }

  private static TrainedStyle train(RunListener listener) {
    return train(workers(), listener);
  }

  private static WorkerSource workers() {
    String folder = pictures.toString();
    return WorkerSource.of(BASE, base -> BallTraining.trainer(base, folder, STEPS));
  }

  private static TrainedStyle train(WorkerSource workers, RunListener listener) {
    String folder = pictures.toString();
    StyleTrainer trainer = BallTraining.trainer(ExecutorBases.of(BASE), folder, STEPS);
    try (SparkGradients gradients = new SparkGradients(spark.context(), workers, 2)) {
      return trainer.gradients(gradients).run(listener);
    }
  }

  private static List<ProcessHandle> executors() {
    return ProcessHandle.current()
        .descendants()
        .filter(p -> p.info().command().orElse("").endsWith("java"))
        .toList();
  }

  @Test
  void executorsHaveTheBitsOfTasksInOneProcess() {
    String folder = pictures.toString();
    StyleTrainer trainer = BallTraining.trainer(ExecutorBases.of(BASE), folder, STEPS);
    try (var worker = trainer.worker(RunListener.NONE)) {
      TrainedStyle here =
          trainer
              .gradients(step -> worker.share(step, 0, 2).followedBy(worker.share(step, 2, 4)))
              .run();
      assertEquals(here.adapter().identity(), whole.adapter().identity());
    }
  }

  @Test
  void executorsEncodeWhatTheTrainingFinds(@TempDir Path others) throws IOException {
    ColouredPictures.write(others);
    Files.writeString(others.resolve("red.txt"), "a ball of " + System.nanoTime());
    String folder = others.toString();
    WorkerSource.Style style = base -> BallTraining.trainer(base, folder, 1);
    StyleTrainer trainer = BallTraining.trainer(ExecutorBases.of(BASE), folder, 1);
    ContentCache cache = ContentCache.ofUser(DType.F32);
    long before = cache.size();
    new SparkEncoding(spark.context(), BASE, style, 2).encode(5, count -> {});
    long after = cache.size();
    assertTrue(after > before, before + " bytes, then " + after);
    trainer.encode(0, 1);
    assertEquals(after, cache.size());
  }

  @Test
  void roundsHaveTheBitsOfTasksInOneProcess() {
    String folder = pictures.toString();
    LocalSteps local = new LocalSteps(2, 2, OuterStep.AVERAGE);
    StyleTrainer trainer = BallTraining.trainer(ExecutorBases.of(BASE), folder, STEPS);
    try (SparkRounds rounds = new SparkRounds(spark.context(), workers(), local);
        var worker = trainer.worker(RunListener.NONE)) {
      TrainedStyle there = trainer.rounds(rounds).run();
      TrainedStyle own = trainer.rounds(new LocalRounds(local, worker)).run();
      assertEquals(own.adapter().identity(), there.adapter().identity());
    }
  }

  @Test
  void baseOfAnObjectStoreIsOpenedAndPicturesAreJudgedThere() {
    StructType columns =
        new StructType()
            .add("prompt", DataTypes.StringType)
            .add("seed", DataTypes.LongType)
            .add("steps", DataTypes.IntegerType)
            .add("concept", DataTypes.StringType);
    int concept = FOLDER.heldOut().keySet().iterator().next();
    String name = FOLDER.names().get(concept);
    List<Row> asked =
        List.of(RowFactory.create(name, 1L, 2, name), RowFactory.create(name, 2L, 2, name));
    Dataset<Row> rows = spark.session().createDataFrame(asked, columns).repartition(2);
    JudgedStyle flat =
        JudgedStyle.labelled("flat", JudgeFolder.FLAT, FOLDER.truths(JudgeFolder.FLAT));
    SparkJudging judging =
        SparkJudging.by(FOLDER.styleClassifier(), FOLDER.conceptRetrieval(), flat);
    BasePlace store = BasePlace.of("shop://disk" + EmojiSd.folder().toAbsolutePath());
    List<Row> there =
        judging.judge(SparkGeneration.on(store).keeping("concept").draw(rows)).collectAsList();
    StableDiffusion base = ExecutorBases.of(BASE);
    try (Lora4j lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
        Judges judges =
            Judges.load(lora.engine(), FOLDER.styleClassifier(), FOLDER.conceptRetrieval())) {
      for (Row row : there) {
        GeneratedImage image =
            base.generate(Prompt.of(name).seed(row.<Long>getAs("seed")).steps(2));
        assertEquals(Digests.hex(image.png()), row.getAs(SparkGeneration.HASH));
        Picture picture = Picture.of("a", "", image.image(), 64, 64, Color.WHITE);
        assertEquals(
            judges.judge(List.of(new JudgedSample(picture, concept)), flat.criteria()).get(0),
            SparkJudging.verdict(row).asMade());
      }
    }
  }

  @Test
  void killedExecutorCostsNoBit() throws InterruptedException {
    spark.awaitExecutors();
    int before = executors().size();
    assertTrue(before >= 2, "executors: " + before);
    TreeSet<Long> killed = new TreeSet<>();
    TrainedStyle again =
        train(
            new RunListener() {
              @Override
              public void step(Step done) {
                if (done.step() == 2) {
                  // SIGKILL, with the next step on its way to it.
                  ProcessHandle one = executors().get(0);
                  killed.add(one.pid());
                  one.destroyForcibly();
                }
              }
            });
    assertEquals(1, killed.size());
    assertTrue(ProcessHandle.of(killed.first()).filter(ProcessHandle::isAlive).isEmpty());
    assertEquals(whole.adapter().identity(), again.adapter().identity());
    assertEquals(STEPS, again.losses().size());
  }

  @Test
  void textsAreLearnedAsByTasksInOneProcess() {
    BasePlace place = BasePlace.of(TinyLm.folder());
    String novel = TinyLm.novel().resolve("chapter-012.txt").toString();
    WorkerSource workers =
        WorkerSource.ofTexts(place, base -> NovelTraining.trainer(base, novel, 2));
    TextTrainer trainer = NovelTraining.trainer(ExecutorTexts.of(place), novel, 2);
    try (SparkGradients gradients = new SparkGradients(spark.context(), workers, 2);
        var worker = trainer.worker(RunListener.NONE)) {
      TrainedText there = trainer.gradients(gradients).run(done -> {});
      TrainedText here =
          trainer
              .gradients(step -> worker.share(step, 0, 2).followedBy(worker.share(step, 2, 4)))
              .run(done -> {});
      assertEquals(here.adapter().identity(), there.adapter().identity());
    } finally {
      ExecutorTexts.close();
    }
  }

  @Test
  void machineWithAFullDiskIsPassedOver() throws IOException, InterruptedException {
    spark.awaitExecutors();
    Path marker = pictures.resolveSibling("full-" + System.nanoTime());
    TrainedStyle rest = train(new FullDisk(marker.toString(), workers()), RunListener.NONE);
    long full = Long.parseLong(Files.readString(marker));
    assertTrue(full != ProcessHandle.current().pid());
    assertEquals(whole.adapter().identity(), rest.adapter().identity());
  }

  @Test
  void picturesAreThoseOfOneProcess() {
    StructType columns =
        new StructType()
            .add("prompt", DataTypes.StringType)
            .add("seed", DataTypes.LongType)
            .add("adapters", DataTypes.StringType)
            .add("steps", DataTypes.IntegerType);
    List<Row> rows =
        List.of(
            RowFactory.create("a red fox", 1L, "glossy:0.7", 2),
            RowFactory.create("a blue cup", 2L, null, 2));
    Dataset<Row> asked = spark.session().createDataFrame(rows, columns).repartition(2);
    SparkGeneration generation = SparkGeneration.on(BASE).adapter("glossy", EmojiSd.glossy());
    TreeSet<String> drawn = new TreeSet<>();
    generation
        .draw(asked)
        .collectAsList()
        .forEach(row -> drawn.add(row.getAs(SparkGeneration.HASH)));
    assertEquals(BallTraining.pictures(ExecutorBases.of(BASE), rows), drawn);
  }
}
