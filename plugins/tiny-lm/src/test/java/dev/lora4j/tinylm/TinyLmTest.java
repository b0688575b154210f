package dev.lora4j.tinylm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.evaluate.Perplexity;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.TextPrompt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is bundled is there, small, and knows its language. */
class TinyLmTest {
  private static final long LARGEST = 15_000_000;

  @Test
  void bundledModelIsSmall() throws IOException {
    try (Stream<Path> files = Files.walk(TinyLm.folder().getParent())) {
      long bytes = files.filter(Files::isRegularFile).mapToLong(f -> f.toFile().length()).sum();
      assertTrue(bytes < LARGEST, bytes + " bytes");
    }
  }

  /** It chooses among 2,048 tokens; who knows nothing has a perplexity of that. */
  @Test
  void unseenTextHasLowPerplexity() throws IOException {
    try (Lora4j lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
        LanguageModel model = LanguageModel.open(lora, TinyLm.folder())) {
      SequenceLimits blocks = new SequenceLimits(256, SequenceLimits.Longer.CUT, true);
      List<TokenSequence> unseen =
          model.sequences(TextDataSet.read(TinyLm.unseen()), blocks).sequences();
      double found = Perplexity.of(model, unseen.subList(0, 8), MixPlan.NONE, done -> {}).value();
      assertTrue(found < 600, "perplexity " + found);
      String said = model.generate(TextPrompt.of("The people of the").tokens(12)).text();
      assertTrue(said.matches("(?s)[\\p{Print}\\s]+"), said);
      assertEquals(said, model.generate(TextPrompt.of("The people of the").tokens(12)).text());
    }
  }
}
