package dev.lora4j.text.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.text.chat.ChatMessage;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TextExample;
import dev.lora4j.text.data.TextForm;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.train.TextTrainer;
import dev.lora4j.text.train.TextTrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small model from chance, and adapters that were trained to say one thing each. */
class LanguageModelTest {
  @TempDir private static Path temporary;
  private static Lora4j lora;
  private static LanguageModel model;
  private static Adapter cat;
  private static Adapter dog;

  @BeforeAll
  static void open() throws IOException {
    lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
    model = LanguageModel.open(lora, SmallModel.write(temporary.resolve("model")));
    cat = trained("The cat sat on the mat.", 1);
    dog = trained("The dog ran to the cat.", 2);
  }

  @AfterAll
  static void close() {
    model.close();
    lora.close();
  }

  private static Adapter trained(String text, long seed) {
    TextTrainingSettings settings = TextTrainingSettings.DEFAULT.steps(60, 2e-2).batch(1);
    TextDataSet data = new TextDataSet(TextForm.TEXT, List.of(new TextExample.Plain(text)));
    return TextTrainer.on(model, settings.with(settings.training().withSeed(seed)))
        .data(data)
        .name("says " + seed)
        .run(done -> {})
        .adapter();
  }

  private static TextPrompt the(Adapter adapter) {
    return TextPrompt.of("The").tokens(8).mix(MixPlan.of(adapter, 1));
  }

  @Test
  void rowsOfABatchHaveTheirOwnAdapters() {
    String base = model.generate(TextPrompt.of("The").tokens(8)).text();
    String one = model.generate(the(cat)).text();
    String other = model.generate(the(dog)).text();
    assertTrue(one.startsWith(" cat sat on the mat"), one);
    assertTrue(other.startsWith(" dog ran to the cat"), other);
    List<Completion> together =
        model.generate(
            List.of(the(dog), TextPrompt.of("The").tokens(8), the(cat)), TextListener.NONE);
    assertEquals(List.of(other, base, one), together.stream().map(Completion::text).toList());
  }

  @Test
  void mergedEqualsUnmerged() {
    TextPrompt inside = the(cat).mix(MixPlan.of(cat, 1).route(Route.MERGED));
    TextPrompt other = the(dog).mix(MixPlan.of(dog, 1).route(Route.MERGED));
    List<Completion> together = model.generate(List.of(inside, other, the(cat)), TextListener.NONE);
    assertEquals(model.generate(the(cat)).text(), together.get(0).text());
    assertEquals(model.generate(the(dog)).text(), together.get(1).text());
    assertEquals(together.get(0).text(), together.get(2).text());
  }

  @Test
  void weightZeroIsTheBase() {
    Completion none = model.generate(TextPrompt.of("The").tokens(20));
    Completion zero = model.generate(TextPrompt.of("The").tokens(20).mix(MixPlan.of(cat, 0)));
    assertEquals(none.tokens(), zero.tokens());
  }

  @Test
  void generationEndsBeforeTheStopText() {
    Completion stopped = model.generate(the(cat).stops(List.of("on the", "sat o")));
    assertEquals(" cat ", stopped.text());
    assertEquals(Completion.Ending.STOP, stopped.ending());
    Completion whole = model.generate(the(cat).tokens(3));
    assertEquals(Completion.Ending.LENGTH, whole.ending());
    assertEquals(3, whole.tokens().size());
  }

  @Test
  void streamedPiecesAreTheText() {
    List<String> pieces = new ArrayList<>();
    Completion told =
        model
            .generate(
                List.of(the(cat).tokens(30).stops(List.of("never"))),
                (prompt, piece) -> pieces.add(piece))
            .get(0);
    assertEquals(told.text(), String.join("", pieces));
    assertTrue(pieces.size() > 3);
    pieces.clear();
    Completion stopped =
        model
            .generate(
                List.of(the(cat).stops(List.of("on the mat"))),
                (prompt, piece) -> pieces.add(piece))
            .get(0);
    assertEquals(" cat sat ", stopped.text());
    assertEquals(" cat sat ", String.join("", pieces));
  }

  @Test
  void chanceFollowsTheSeedAndNotTheNeighbours() {
    TextPrompt prompt = TextPrompt.of("The dog").tokens(20).sampling(SamplingSettings.at(1));
    Completion alone = model.generate(prompt.seed(3));
    List<Completion> together =
        model.generate(
            List.of(prompt.seed(9), prompt.seed(3), TextPrompt.of("A longer text to read")),
            TextListener.NONE);
    assertEquals(alone.tokens(), together.get(1).tokens());
    assertNotEquals(alone.tokens(), together.get(0).tokens());
  }

  @Test
  void invalidPromptsAreRefused() {
    String longer =
        assertThrows(
                IllegalArgumentException.class,
                () -> model.generate(TextPrompt.of("cat dog ".repeat(100))))
            .getMessage();
    assertTrue(longer.contains("reads at most 64"), longer);
    assertThrows(IllegalArgumentException.class, () -> model.generate(TextPrompt.of("")));
    assertThrows(IllegalArgumentException.class, () -> TextPrompt.of("x").tokens(0));
    assertThrows(IllegalArgumentException.class, () -> TextPrompt.of("x").stops(List.of("")));
    String chat =
        assertThrows(
                IllegalArgumentException.class,
                () -> model.generate(TextPrompt.chat(List.of(ChatMessage.user("Hi")))))
            .getMessage();
    assertTrue(chat.contains("no chat template"), chat);
  }

  @Test
  void textEndsAtTheModelsLength() {
    Completion full = model.generate(TextPrompt.of("The").tokens(1000));
    assertTrue(full.promptTokens() + full.tokens().size() <= 64);
    assertFalse(full.tokens().isEmpty());
  }

  @Test
  void interruptStopsGenerationBetweenTokens() {
    Thread.currentThread().interrupt();
    assertThrows(
        CancellationException.class, () -> model.generate(TextPrompt.of("The").tokens(20)));
    assertTrue(Thread.interrupted());
  }

  @Test
  void generationLeavesNoNativeMemory() {
    model.generate(List.of(the(cat), the(dog)), TextListener.NONE);
    int before = model.scope().size();
    for (int i = 0; i < 20; i++) {
      model.generate(List.of(the(cat), the(dog)), TextListener.NONE);
    }
    assertTrue(
        model.scope().size() <= before + 2, "from " + before + " to " + model.scope().size());
  }
}
