package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.TrainingInterrupted;
import dev.lora4j.text.data.MatchedText;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TextDataException;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.evaluate.RetrievalScores;
import dev.lora4j.text.pipeline.SentenceEncoder;
import dev.lora4j.text.pipeline.SmallClassifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that train a sentence encoder. */
class EmbeddingTrainerTest {
  private static final String MATCHES =
      """
      {"anchor": "red", "positive": "foxes", "negative": "red red"}
      {"anchor": "fox", "positive": "red, red"}
      {"anchor": "red fox", "positive": "fox, fox", "negative": ["foxes red", "fox, red"]}
      {"anchor": "fox red", "positive": "red, foxes"}
      {"anchor": "foxes, red", "positive": "fox fox fox"}
      """;

  @TempDir private static Path shared;
  private static Lora4j lora;
  private static SentenceEncoder model;
  private static List<MatchedText> matches;

  @TempDir private Path temporary;

  @BeforeAll
  static void open() throws IOException {
    lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
    model =
        SentenceEncoder.open(lora, SmallClassifier.write("bert-plain", shared.resolve("model")));
    matches = model.matches(data(MATCHES), limits(24)).matches();
  }

  @AfterAll
  static void close() {
    model.close();
    lora.close();
  }

  private static SequenceLimits limits(int longest) {
    return new SequenceLimits(longest, SequenceLimits.Longer.CUT, false);
  }

  private static TextDataSet data(String lines) throws IOException {
    return TextDataSet.read(Files.writeString(shared.resolve("matches.jsonl"), lines));
  }

  private static TextTrainingSettings settings(int steps, int batch) {
    return TextTrainingSettings.DEFAULT.steps(steps, 1e-2).batch(batch);
  }

  private static EmbeddingTrainer trainer(TextTrainingSettings settings) {
    return EmbeddingTrainer.on(model, settings).matches(matches, matches.subList(0, 2));
  }

  private static double nearest(MixPlan mix) {
    return RetrievalScores.of(model, matches, mix, done -> {}).accuracyAt1();
  }

  @Test
  void anchorsFindWhatBelongsToThem() {
    List<RunListener.Step> steps = new ArrayList<>();
    Adapter adapter = trainer(settings(60, 5)).run(steps::add).adapter();
    assertEquals(1, steps.get(59).measures().get("accuracy"));
    assertTrue(steps.get(59).loss() < 0.2 * steps.get(0).loss());
    assertTrue(nearest(MixPlan.NONE) < 1);
    assertEquals(1, nearest(MixPlan.of(adapter, 1)));
    assertEquals(
        "MultipleNegativesRanking[scale=20.0, symmetric=false]",
        adapter.metadata().get("lora4j_embedding"));
  }

  /** The vectors that the adapter gives after it was written and read. */
  @Test
  void savedAdapterGivesTheSameVectors() {
    TrainedText trained = trainer(settings(5, 5)).run(done -> {});
    Path folder = temporary.resolve("mine");
    trained.save(folder);
    var text = model.query("red fox");
    assertArrayEquals(
        model.encode(List.of(text.with(MixPlan.of(trained.adapter(), 1)))).get(0),
        model.encode(List.of(text.with(MixPlan.of(model.adapter(folder), 1)))).get(0),
        1e-6f);
  }

  @Test
  void resumedRunHasTheSameBits() {
    EmbeddingTrainer trainer = trainer(settings(10, 2));
    String whole = trainer.run(done -> {}).adapter().identity();
    CheckpointPolicy keeping =
        CheckpointPolicy.NOTHING
            .in(temporary.resolve("checkpoints"))
            .every(4)
            .validateEvery(4)
            .previewEvery(1000);
    assertThrows(
        TrainingInterrupted.class,
        () ->
            trainer
                .keeping(keeping)
                .run(
                    done -> {
                      if (done.step() == 6) {
                        Thread.currentThread().interrupt();
                      }
                    }));
    Thread.interrupted();
    CheckpointPolicy resuming = keeping.resume(true);
    assertEquals(whole, trainer.keeping(resuming).run(done -> {}).adapter().identity());
    for (Map.Entry<String, EmbeddingTrainer> other :
        Map.of(
                "objective",
                trainer.objective(new RankingObjective(10, false)),
                "matched texts",
                trainer.matches(
                    List.of(
                        new MatchedText(
                            matches.get(0).anchor(), matches.get(1).positive(), List.of()),
                        matches.get(1),
                        matches.get(2),
                        matches.get(3),
                        matches.get(4)),
                    matches.subList(0, 2)))
            .entrySet()) {
      RuntimeException refused =
          assertThrows(
              RuntimeException.class, () -> other.getValue().keeping(resuming).run(done -> {}));
      assertTrue(
          String.valueOf(refused.getMessage()).contains(other.getKey()), refused.getMessage());
    }
  }

  @Test
  void longTextsLoseTheirEndAndAreCounted() throws IOException {
    var read = model.matches(data(MATCHES), limits(4));
    assertTrue(read.cut() > 0);
    assertEquals(
        List.of(read.cut() + " texts are longer than 4 tokens and lose their end."),
        read.notes(limits(4)));
    int[] ids = read.matches().get(4).positive().ids();
    assertEquals(4, ids.length);
    assertEquals(2, ids[3], "the token behind every text stays");
    SequenceLimits refusing = new SequenceLimits(4, SequenceLimits.Longer.REFUSE, false);
    TextDataException refused =
        assertThrows(TextDataException.class, () -> model.matches(data(MATCHES), refusing));
    assertTrue(String.valueOf(refused.getMessage()).contains("line 3"), refused.getMessage());
  }

  @Test
  void whatTeachesNothingIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () ->
            EmbeddingTrainer.on(model, settings(1, 1))
                .matches(List.of(matches.get(1), matches.get(3)), List.of()));
    assertThrows(IllegalArgumentException.class, () -> new RankingObjective(0, false));
    TextTrainingSettings one = settings(1, 1);
    EmbeddingTrainer.on(model, one)
        .matches(List.of(matches.get(0), matches.get(2)), List.of())
        .run(done -> {});
  }
}
