package dev.lora4j.text.train;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.text.align.RewardObjective;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.pipeline.RewardModel;
import dev.lora4j.text.pipeline.SentenceEncoder;
import dev.lora4j.text.pipeline.SmallClassifier;
import dev.lora4j.text.pipeline.SmallModel;
import dev.lora4j.text.pipeline.TextClassifier;
import dev.lora4j.text.pipeline.TokenClassifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trainings of models that tell, rate and compare texts, whose gradients others compute. */
class SharedHeadsTest {
  private static final SequenceLimits LIMITS =
      new SequenceLimits(24, SequenceLimits.Longer.CUT, false);

  private static Lora4j lora;

  @TempDir private Path temporary;

  @BeforeAll
  static void open() {
    lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
  }

  @AfterAll
  static void close() {
    lora.close();
  }

  private static TextTrainingSettings settings() {
    return SharedRuns.settings(4, 5e-3, 2).with(LIMITS);
  }

  private TextDataSet read(String lines) throws IOException {
    return TextDataSet.read(Files.writeString(temporary.resolve("lines.jsonl"), lines));
  }

  private Path encoder() throws IOException {
    return SmallClassifier.write("bert-plain", temporary.resolve("model"));
  }

  @Test
  void classesOfTextsAreLearnedAlike() throws IOException {
    try (TextClassifier model = TextClassifier.open(lora, encoder(), List.of("colour", "none"))) {
      SharedRuns.check(
          TextClassifierTrainer.on(model, settings())
              .data(
                  read(
                      """
                      {"text": "red fox", "label": "colour"}
                      {"text": "fox, foxes", "label": "none"}
                      {"text": "fox, red, fox", "label": "colour"}
                      {"text": "fox", "label": "none"}
                      {"text": "foxes, red", "label": "colour"}
                      """)));
    }
  }

  @Test
  void classesOfWordsAreLearnedAlike() throws IOException {
    try (TokenClassifier model = TokenClassifier.open(lora, encoder(), List.of("O", "B"))) {
      SharedRuns.check(
          TokenClassifierTrainer.on(model, settings())
              .data(
                  read(
                      """
                      {"tokens": ["red", "fox"], "ner_tags": ["B", "O"]}
                      {"tokens": ["foxes"], "ner_tags": ["O"]}
                      {"tokens": ["fox", "red", "red"], "ner_tags": ["O", "B", "B"]}
                      """)));
    }
  }

  @Test
  void textsThatBelongTogetherAreLearnedAlike() throws IOException {
    try (SentenceEncoder model = SentenceEncoder.open(lora, encoder())) {
      SharedRuns.check(
          EmbeddingTrainer.on(model, settings())
              .data(
                  read(
                      """
                      {"anchor": "red", "positive": "foxes", "negative": "red red"}
                      {"anchor": "fox", "positive": "red, red"}
                      {"anchor": "red fox", "positive": "fox, fox", "negative": "foxes red"}
                      {"anchor": "fox red", "positive": "red, foxes"}
                      """)));
    }
  }

  @Test
  void rewardsOfPairsAreLearnedAlike() throws IOException {
    Path base = SmallModel.write(temporary.resolve("model"));
    try (RewardModel model =
        RewardModel.open(
            lora.engine().scope("reward model"), base, TextLoadOptions.in(DType.F32), 0)) {
      TextDataSet data =
          read(
              """
              {"prompt": "The cat", "chosen": " sat on the mat.", "rejected": " ran."}
              {"prompt": "The dog", "chosen": " sat.", "rejected": " ran to the cat."}
              {"prompt": "The mat", "chosen": " sat on the cat.", "rejected": " ran."}
              """);
      SharedRuns.check(
          RewardTrainer.on(model, settings())
              .pairs(model.pairs(data, 64).pairs(), List.of(), new RewardObjective(0.1)));
    }
  }
}
