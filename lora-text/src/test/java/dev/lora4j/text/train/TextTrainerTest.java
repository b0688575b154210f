package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.TrainingInterrupted;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.evaluate.Perplexity;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.SmallModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training on few texts. */
class TextTrainerTest {
  @TempDir private static Path shared;
  private static Lora4j lora;
  private static LanguageModel model;

  @TempDir private Path temporary;

  @BeforeAll
  static void open() throws IOException {
    lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
    model = LanguageModel.open(lora, SmallModel.write(shared.resolve("model")));
  }

  @AfterAll
  static void close() {
    model.close();
    lora.close();
  }

  private static TextTrainingSettings settings(int steps) {
    return TextTrainingSettings.DEFAULT.steps(steps, 5e-3).batch(2);
  }

  private Path lines() throws IOException {
    return Files.writeString(
        temporary.resolve("lines.jsonl"),
        """
        {"prompt": "The cat", "completion": " sat on the mat."}
        {"prompt": "The dog", "completion": " ran to the cat, and the cat ran to the dog."}
        {"prompt": "The mat", "completion": " sat."}
        {"prompt": "A cat and a dog", "completion": " ran to the mat."}
        """);
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
  void trainedTextBecomesLikelier() throws IOException {
    TextTrainer trainer = TextTrainer.on(model, settings(80)).data(lines());
    TrainedText trained = trainer.run(done -> {});
    double before = Perplexity.of(model, trainer.sequences(), MixPlan.NONE, done -> {}).value();
    Perplexity after =
        Perplexity.of(model, trainer.sequences(), MixPlan.of(trained.adapter(), 1), done -> {});
    assertTrue(after.value() < before / 10, "from " + before + " to " + after.value());
    assertEquals(
        trainer.sequences().stream().mapToInt(TokenSequence::learned).sum(), after.tokens());
  }

  @Test
  void rowsWithoutPaddingGiveTheSameLosses() throws IOException {
    TextTrainingSettings four = settings(6).batch(4);
    List<Float> padded = new ArrayList<>();
    List<Float> packed = new ArrayList<>();
    TextTrainer trainer = TextTrainer.on(model, four).data(lines());
    trainer.run(done -> padded.add(done.loss()));
    trainer.paddingFree().run(done -> packed.add(done.loss()));
    for (int i = 0; i < padded.size(); i++) {
      assertEquals(padded.get(i), packed.get(i), 1e-3, "step " + i);
    }
    assertTrue(padded.get(5) < padded.get(0));
    // Both are no checkpoints of each other.
    Path folder = temporary.resolve("checkpoints");
    trainer.keeping(keeping(folder, false)).run(done -> {});
    assertThrows(
        IllegalArgumentException.class,
        () -> trainer.paddingFree().keeping(keeping(folder, true)).run(done -> {}));
  }

  @Test
  void savedAdapterIsTheTrainedOne() throws IOException {
    TrainedText trained = TextTrainer.on(model, settings(6)).data(lines()).run(done -> {});
    trained.save(temporary.resolve("adapter"));
    Adapter read = model.adapter(temporary.resolve("adapter"));
    assertEquals(trained.adapter().identity(), read.identity());
    String config = Files.readString(temporary.resolve("adapter/adapter_config.json"));
    assertTrue(config.contains("\"q_proj\""), config);
  }

  @Test
  void resumedRunHasTheSameBits() throws IOException {
    TextTrainer trainer = TextTrainer.on(model, settings(10)).data(lines());
    String whole = trainer.run(done -> {}).adapter().identity();
    Path folder = temporary.resolve("checkpoints");
    Thread caller = Thread.currentThread();
    assertThrows(
        TrainingInterrupted.class,
        () ->
            trainer
                .keeping(keeping(folder, false))
                .run(
                    done -> {
                      if (done.step() == 6) {
                        caller.interrupt();
                      }
                    }));
    Thread.interrupted();
    String resumed = trainer.keeping(keeping(folder, true)).run(done -> {}).adapter().identity();
    assertEquals(whole, resumed);
    TextTrainer other =
        TextTrainer.on(model, settings(10).batch(1)).sequences(trainer.sequences(), List.of());
    assertThrows(
        IllegalArgumentException.class, () -> other.keeping(keeping(folder, true)).run(done -> {}));
  }

  /** What was the best step by some texts is not the best by others. */
  @Test
  void runResumesOnlyWithSameTextsAndType() throws IOException {
    TextTrainer all = TextTrainer.on(model, settings(4)).data(lines());
    List<TokenSequence> learned = all.sequences().subList(0, 2);
    Path folder = temporary.resolve("checkpoints");
    TextTrainer trainer = all.sequences(learned, all.sequences().subList(2, 3));
    trainer.keeping(keeping(folder, false)).run(done -> {});
    trainer.keeping(keeping(folder, true)).run(done -> {});
    TextTrainer others = all.sequences(learned, all.sequences().subList(3, 4));
    assertEquals(List.of("texts held out"), changed(others, folder));
    TextTrainer smaller =
        TextTrainer.on(model, settings(4).batch(1))
            .sequences(learned, all.sequences().subList(2, 3));
    assertEquals(List.of("batch"), changed(smaller, folder));
    try (LanguageModel narrow = LanguageModel.open(lora, model.base().path(), DType.BF16)) {
      TextTrainer half =
          TextTrainer.on(narrow, settings(4)).sequences(learned, all.sequences().subList(2, 3));
      assertEquals(List.of("compute"), changed(half, folder));
    }
  }

  /** What a refusal to go on says that has changed. */
  private static List<String> changed(TextTrainer trainer, Path folder) {
    String told =
        assertThrows(
                IllegalArgumentException.class,
                () -> trainer.keeping(keeping(folder, true)).run(done -> {}))
            .getMessage();
    return Pattern.compile("([a-z ]+) \\(was ")
        .matcher(String.valueOf(told))
        .results()
        .map(found -> found.group(1).strip())
        .toList();
  }

  @Test
  void truncatedAndDroppedTextsAreNoted() throws IOException {
    TextTrainingSettings shorter =
        settings(2).with(new SequenceLimits(8, SequenceLimits.Longer.CUT, false));
    assertEquals(
        List.of("2 of 4 texts are longer than 8 tokens and lose their end."),
        TextTrainer.on(model, shorter).data(lines()).notes());
    assertEquals(List.of(), TextTrainer.on(model, settings(2)).data(lines()).notes());
    Path file = Files.writeString(temporary.resolve("book.txt"), SmallModel.TEXT);
    TextTrainingSettings packed =
        settings(2).with(new SequenceLimits(32, SequenceLimits.Longer.CUT, true));
    List<String> notes = TextTrainer.on(model, packed).data(file).notes();
    assertTrue(notes.get(0).contains("fill no block and are left out."), notes.toString());
  }

  /** Batches of other sizes whose gradients are added up give the gradient of all together. */
  @Test
  void gradientIsIndependentOfBatchSplit() throws IOException {
    TextTrainingSettings whole = settings(1).batch(4);
    TextTrainingSettings parts =
        settings(1).batch(1).with(settings(1).training().withAccumulation(4));
    float[] losses = new float[2];
    float[] norms = new float[2];
    TextTrainer.on(model, whole)
        .data(lines())
        .run(
            done -> {
              losses[0] = done.loss();
              norms[0] = done.gradientNorm();
            });
    TextTrainer.on(model, parts)
        .data(lines())
        .run(
            done -> {
              losses[1] = done.loss();
              norms[1] = done.gradientNorm();
            });
    assertEquals(losses[0], losses[1], 1e-5 * losses[0]);
    assertEquals(norms[0], norms[1], 1e-4 * norms[0]);
  }

  /** What a prompt says is read and not learned: only the completions' words become likelier. */
  @Test
  void promptsAreNotLearned() throws IOException {
    TextTrainer trainer = TextTrainer.on(model, settings(1)).data(lines());
    for (TokenSequence sequence : trainer.sequences()) {
      assertTrue(sequence.learned() < sequence.ids().length - 1);
    }
  }

  @Test
  void plainTextsArePackedIntoBlocks() throws IOException {
    Path file = Files.writeString(temporary.resolve("book.txt"), SmallModel.TEXT);
    TextTrainingSettings packed =
        settings(2).with(new SequenceLimits(32, SequenceLimits.Longer.CUT, true));
    TextTrainer trainer = TextTrainer.on(model, packed).data(file);
    assertTrue(trainer.sequences().size() > 4);
    trainer.sequences().forEach(s -> assertEquals(32, s.ids().length));
    assertNotEquals(0, trainer.run(done -> {}).losses().size());
  }

  @Test
  void tooLongLimitsAndMissingTextsAreRefused() throws IOException {
    Path file = Files.writeString(temporary.resolve("book.txt"), SmallModel.TEXT);
    TextTrainingSettings longer =
        settings(2).with(new SequenceLimits(128, SequenceLimits.Longer.CUT, false));
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> TextTrainer.on(model, longer).data(file).run(done -> {}))
            .getMessage();
    assertTrue(message.contains("reads at most 64"), message);
    TextDataSet none = TextDataSet.read(lines());
    assertThrows(
        IllegalArgumentException.class, () -> TextTrainer.on(model, settings(1)).run(done -> {}));
    assertEquals(4, none.examples().size());
  }
}
