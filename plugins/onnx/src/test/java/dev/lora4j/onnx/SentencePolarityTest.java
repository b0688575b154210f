package dev.lora4j.onnx;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TextExample;
import dev.lora4j.text.data.TextForm;
import dev.lora4j.text.evaluate.ClassificationScores;
import dev.lora4j.text.pipeline.TextClassifier;
import dev.lora4j.text.train.TextClassifierTrainer;
import dev.lora4j.text.train.TextTrainingSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Film critics' sentences (Pang and Lee 2005) by all-MiniLM-L6-v2 with an adapter and a head. */
@Tag("shared-data")
class SentencePolarityTest {
  private static final int SENTENCES = 400;
  private static final double HELD_OUT = 0.25;

  @TempDir Path folder;

  private static TextDataSet some() throws IOException {
    Path file =
        Path.of(System.getProperty("lora4j.shared-data", ""), "text", "sentence_polarity.zip");
    List<TextExample> all = new ArrayList<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (String kind : List.of("neg", "pos")) {
        try (var lines =
            zip.getInputStream(zip.getEntry("sentence_polarity/rt-polarity." + kind))) {
          new String(lines.readAllBytes(), StandardCharsets.ISO_8859_1)
              .lines()
              .forEach(line -> all.add(new TextExample.Labelled(line.strip(), kind)));
        }
      }
    }
    int[] order = SeededNoise.of(1).permutation(all.size());
    return new TextDataSet(
        TextForm.LABELLED, Arrays.stream(order).limit(SENTENCES).mapToObj(all::get).toList());
  }

  /** 100 held-out sentences: by chance, 0.65 or more comes in 2 of 1000 cases. */
  @Test
  void fewSentencesTrainBetterThanChance() throws IOException {
    Path files = Path.of(System.getProperty("lora4j.minilm", ""));
    OnnxEncoder.write(
        files.resolve("all-minilm-l6-v2.onnx"),
        files.resolve("all-minilm-l6-v2-tokenizer.json"),
        folder);
    TextDataSet data = some();
    TextTrainingSettings settings =
        TextTrainingSettings.DEFAULT
            .with(TextTrainingSettings.DEFAULT.recipe().rank(8, 8))
            .with(new SequenceLimits(64, SequenceLimits.Longer.CUT, false))
            .steps(60, 2e-3)
            .batch(16)
            .heldOut(HELD_OUT);
    try (Lora4j lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
        TextClassifier model = TextClassifier.open(lora, folder, data.labels())) {
      TextClassifierTrainer trainer = TextClassifierTrainer.on(model, settings).data(data);
      MixPlan mix = MixPlan.of(trainer.run(done -> {}).adapter(), 1);
      ClassificationScores found =
          ClassificationScores.of(model, trainer.heldOut(), mix, done -> {});
      assertTrue(found.accuracy() >= 0.65, found.toString());
      assertTrue(found.macroF1() >= 0.65, found.toString());
    }
  }
}
