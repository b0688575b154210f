package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.TrainingInterrupted;
import dev.lora4j.text.data.TextDataException;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.evaluate.ClassificationScores;
import dev.lora4j.text.pipeline.AdapterClasses;
import dev.lora4j.text.pipeline.ClassProbabilities;
import dev.lora4j.text.pipeline.SmallClassifier;
import dev.lora4j.text.pipeline.TextClassifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Classes of few texts on a small encoder that was saved without a head. */
class TextClassifierTrainerTest {
  private static final List<String> LABELS = List.of("colour", "none");

  @TempDir private static Path shared;
  private static Lora4j lora;
  private static TextClassifier model;

  @TempDir private Path temporary;

  @BeforeAll
  static void open() throws IOException {
    lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
    Path folder = SmallClassifier.write("bert-plain", shared.resolve("model"));
    model = TextClassifier.open(lora, folder, LABELS);
  }

  @AfterAll
  static void close() {
    model.close();
    lora.close();
  }

  private static TextTrainingSettings settings(int steps) {
    return TextTrainingSettings.DEFAULT
        .with(TextTrainingSettings.DEFAULT.recipe().rank(4, 4))
        .steps(steps, 5e-3)
        .batch(3);
  }

  private TextDataSet data() throws IOException {
    return TextDataSet.read(
        Files.writeString(
            temporary.resolve("lines.jsonl"),
            """
            {"text": "red fox", "label": "colour"}
            {"text": "fox, foxes", "label": "none"}
            {"text": "fox, red, fox", "label": "colour"}
            {"text": "fox", "label": "none"}
            {"text": "foxes, red", "label": "colour"}
            {"text": "foxes, foxes, fox, fox", "label": "none"}
            """));
  }

  private static CheckpointPolicy keeping(Path folder, boolean resume) {
    return CheckpointPolicy.NOTHING
        .in(folder)
        .every(4)
        .resume(resume)
        .validateEvery(4)
        .previewEvery(1000);
  }

  @Test
  void classesAreLearnedAndHeadIsSaved() throws IOException {
    TextClassifierTrainer trainer = TextClassifierTrainer.on(model, settings(60)).data(data());
    TrainedText trained = trainer.run(done -> {});
    MixPlan mix = MixPlan.of(trained.adapter(), 1);
    ClassificationScores found =
        ClassificationScores.of(model, trainer.sequences(), mix, done -> {});
    assertEquals(1, found.accuracy(), found.toString());
    assertEquals(1, found.macroF1(), 0);
    assertEquals(6, found.texts());
    Path saved = temporary.resolve("adapter");
    trained.save(saved);
    String config = Files.readString(saved.resolve("adapter_config.json"));
    assertTrue(config.contains("modules_to_save"), config);
    List<String> texts = List.of("red fox", "fox");
    List<MixPlan> mixes = List.of(mix, mix);
    List<ClassProbabilities> here = model.classify(texts, mixes);
    assertEquals(LABELS, here.stream().map(ClassProbabilities::label).toList());
    List<String> labels = AdapterClasses.of(saved);
    assertEquals(LABELS, labels);
    try (TextClassifier other =
        TextClassifier.open(
            lora.engine().scope("other"), shared.resolve("model"), DType.F32, labels, 77)) {
      Adapter read = other.adapter(saved);
      assertEquals(trained.adapter().identity(), read.identity());
      MixPlan again = MixPlan.of(read, 1);
      assertEquals(here, other.classify(texts, List.of(again, again)));
    }
  }

  @Test
  void headAloneIsTrainedWithoutTargets() throws IOException {
    TextTrainingSettings head =
        settings(4).with(settings(4).recipe().targets(TargetLayers.matching()));
    TextClassifierTrainer trainer = TextClassifierTrainer.on(model, head).data(data());
    assertEquals(2, trainer.plan().sites().size());
    TrainedText trained = trainer.run(done -> {});
    assertEquals(
        List.of("lm.bert.pooler.dense", "lm.classifier"),
        List.copyOf(trained.adapter().sites().keySet()));
    Path saved = temporary.resolve("head.safetensors");
    trained.save(saved, "kohya");
    assertEquals(LABELS, AdapterClasses.of(saved));
    assertEquals(trained.adapter().identity(), model.adapter(saved).identity());
  }

  @Test
  void resumedRunHasTheSameBits() throws IOException {
    TextClassifierTrainer trainer = TextClassifierTrainer.on(model, settings(10)).data(data());
    String whole = trainer.run(done -> {}).adapter().identity();
    Path folder = temporary.resolve("checkpoints");
    Thread caller = Thread.currentThread();
    TextClassifierTrainer kept = trainer.keeping(keeping(folder, false));
    assertThrows(
        TrainingInterrupted.class,
        () ->
            kept.run(
                done -> {
                  if (done.step() == 6) {
                    caller.interrupt();
                  }
                }));
    Thread.interrupted();
    TextClassifierTrainer resumed = trainer.keeping(keeping(folder, true));
    assertEquals(whole, resumed.run(done -> {}).adapter().identity());
  }

  /** Batches of other sizes whose gradients are added up give the gradient of all together. */
  @Test
  void gradientIsIndependentOfBatchSplit() throws IOException {
    float[] losses = new float[2];
    float[] norms = new float[2];
    for (int i = 0; i < 2; i++) {
      int number = i;
      TextTrainingSettings parts =
          settings(1).with(settings(1).training().withAccumulation(i == 0 ? 1 : 2));
      // Of four and two texts.
      TextClassifierTrainer.on(model, parts.batch(i == 0 ? 6 : 4))
          .data(data())
          .run(
              done -> {
                losses[number] = done.loss();
                norms[number] = done.gradientNorm();
              });
    }
    assertEquals(losses[0], losses[1], 1e-5 * losses[0]);
    assertEquals(norms[0], norms[1], 1e-4 * norms[0]);
  }

  @Test
  void mismatchedHeadsAndDataAreRefused() throws IOException {
    TextTrainingSettings classifierAlone =
        settings(1).with(settings(1).recipe().saved("pooler.dense"));
    TextDataSet data = data();
    String left =
        assertThrows(
                IllegalArgumentException.class,
                () -> TextClassifierTrainer.on(model, classifierAlone).data(data).plan())
            .getMessage();
    assertTrue(left.contains("to be trained whole: classifier."), left);
    Path other =
        Files.writeString(temporary.resolve("o.jsonl"), "{\"text\": \"fox\", \"label\": \"x\"}\n");
    TextDataSet unknown = TextDataSet.read(other);
    String classes =
        assertThrows(
                TextDataException.class,
                () -> TextClassifierTrainer.on(model, settings(1)).data(unknown))
            .getMessage();
    assertTrue(classes.contains("'x', which is none of [colour, none]"), classes);
    Path plain = Files.writeString(temporary.resolve("plain.txt"), "red fox");
    TextDataSet texts = TextDataSet.read(plain);
    assertThrows(
        IllegalArgumentException.class,
        () -> TextClassifierTrainer.on(model, settings(1)).data(texts));
  }

  @Test
  void rowsAndEmbeddingsHaveTheirOwnAdapters() throws IOException {
    Adapter adapter =
        TextClassifierTrainer.on(model, settings(20)).data(data()).run(done -> {}).adapter();
    MixPlan mix = MixPlan.of(adapter, 1);
    List<String> texts = List.of("red", "red", "fox, foxes");
    List<MixPlan> mixes = List.of(mix, MixPlan.NONE, mix);
    List<ClassProbabilities> together = model.classify(texts, mixes);
    List<float[]> vectors = model.embeddings(texts, mixes);
    for (int i = 0; i < texts.size(); i++) {
      List<String> text = List.of(texts.get(i));
      List<MixPlan> own = List.of(mixes.get(i));
      assertEquals(
          model.classify(text, own).get(0).probability(), together.get(i).probability(), 1e-5);
      assertArrayEquals(model.embeddings(text, own).get(0), vectors.get(i), 1e-5f);
    }
    assertTrue(Math.abs(vectors.get(0)[0] - vectors.get(1)[0]) > 1e-3);
    assertArrayEquals(model.embeddings(List.of("red")).get(0), vectors.get(1), 1e-5f);
    assertEquals(1, together.get(0).values().stream().mapToDouble(v -> v).sum(), 1e-12);
  }

  /** The model reads 24 tokens; the last one stays what the tokeniser puts behind texts. */
  @Test
  void truncatedTextsKeepTheirEndToken() {
    int[] ids = model.text("red fox, ".repeat(20)).ids();
    assertEquals(24, ids.length);
    assertEquals(1, ids[0]);
    assertEquals(2, ids[23]);
    assertEquals(5, ids[22]);
  }
}
