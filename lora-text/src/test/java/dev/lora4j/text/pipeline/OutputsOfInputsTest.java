package dev.lora4j.text.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TextExample;
import dev.lora4j.text.data.TextForm;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.evaluate.Perplexity;
import dev.lora4j.text.generate.BeamSettings;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.model.TextModelWriter;
import dev.lora4j.text.token.TinyTokenizers;
import dev.lora4j.text.train.TextTrainer;
import dev.lora4j.text.train.TextTrainingSettings;
import dev.lora4j.text.train.TrainedText;
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

/** A tiny T5 from chance that reads letters, and adapters that were trained on pairs. */
class OutputsOfInputsTest {
  private static final List<String> INPUTS = List.of("red fox", "blue whale", "old");

  @TempDir private static Path temporary;
  private static Lora4j lora;
  private static LanguageModel model;
  private static TrainedText sea;
  private static TrainedText sky;

  @BeforeAll
  static void open() throws IOException {
    lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
    model = load("t5");
    sea = trained("seas", 1);
    sky = trained("cloud", 2);
  }

  @AfterAll
  static void close() {
    model.close();
    lora.close();
  }

  private static LanguageModel load(String name) throws IOException {
    Path folder = Files.createDirectories(temporary.resolve(name));
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(Path.of("src/test/resources/models", name, file), folder.resolve(file));
    }
    return LanguageModel.open(lora, TinyTokenizers.letters(folder));
  }

  private static TextDataSet pairs(String target) {
    return new TextDataSet(
        TextForm.PAIR,
        INPUTS.stream().<TextExample>map(i -> new TextExample.Pair(i, target)).toList());
  }

  private static TrainedText trained(String target, long seed) {
    TextTrainingSettings settings = TextTrainingSettings.DEFAULT.steps(60, 2e-2).batch(2);
    return TextTrainer.on(model, settings.with(settings.training().withSeed(seed)))
        .data(pairs(target))
        .name(target)
        .run(done -> {});
  }

  private static TextPrompt prompt(String input, Adapter adapter) {
    return TextPrompt.of(input).tokens(12).mix(MixPlan.of(adapter, 1));
  }

  private static List<String> texts(List<Completion> all) {
    return all.stream().map(Completion::text).toList();
  }

  @Test
  void anAdapterOfPairsWritesTheirTargets() {
    assertTrue(sea.losses().get(59) < sea.losses().get(0) / 10, sea.losses().toString());
    for (String input : INPUTS) {
      Completion done = model.generate(prompt(input, sea.adapter()));
      assertEquals("seas", done.text());
      assertEquals(Completion.Ending.END, done.ending());
      assertEquals(model.tokenizer().encode(input).length, done.promptTokens());
    }
  }

  @Test
  void rowsHaveTheirOwnMergedOrUnmergedAdapters() {
    TextPrompt plain = TextPrompt.of("red fox").tokens(12);
    String base = model.generate(plain).text();
    TextPrompt inside =
        prompt("old", sky.adapter()).mix(MixPlan.of(sky.adapter(), 1).route(Route.MERGED));
    List<TextPrompt> all =
        List.of(
            prompt("blue whale", sky.adapter()), plain, inside, prompt("red fox", sea.adapter()));
    assertEquals(
        List.of("cloud", base, "cloud", "seas"), texts(model.generate(all, TextListener.NONE)));
    assertEquals(
        List.of("cloud", "cloud", "seas"),
        texts(
            model.generate(
                List.of(all.get(0), all.get(2), all.get(3)),
                BeamSettings.of(3),
                TextListener.NONE)));
  }

  @Test
  void beamsWithoutAdaptersStayThoseOfTheBase() {
    TextPrompt plain = TextPrompt.of("red fox").tokens(12);
    String alone =
        model.generate(List.of(plain), BeamSettings.of(3), TextListener.NONE).get(0).text();
    List<TextPrompt> both = List.of(prompt("blue whale", sea.adapter()), plain);
    assertEquals(
        List.of("seas", alone), texts(model.generate(both, BeamSettings.of(3), TextListener.NONE)));
  }

  @Test
  void savedPeftFolderReadsBackAsTheAdapter() {
    Path folder = temporary.resolve("peft");
    sea.save(folder);
    assertEquals(sea.adapter().identity(), model.adapter(folder).identity());
  }

  @Test
  void writtenModelGeneratesTheSameTokens() {
    Path folder = temporary.resolve("written");
    TextModelWriter.write(model.base(), Map.of(), DType.F32, folder);
    TextPrompt plain = TextPrompt.of("red fox").tokens(12);
    try (LanguageModel written = LanguageModel.open(lora, folder)) {
      assertEquals(model.generate(plain).tokens(), written.generate(plain).tokens());
    }
  }

  @Test
  void textsAreStreamedAndEndAtStopTexts() {
    StringBuilder heard = new StringBuilder();
    TextPrompt stopped = prompt("old", sky.adapter()).stops(List.of("ou"));
    Completion done =
        model.generate(List.of(stopped), (number, piece) -> heard.append(piece)).get(0);
    assertEquals("cl", done.text());
    assertEquals("cl", heard.toString());
    assertEquals(Completion.Ending.STOP, done.ending());
    Completion searched =
        model.generate(List.of(stopped), BeamSettings.of(2), TextListener.NONE).get(0);
    assertEquals("cl", searched.text());
    assertEquals(Completion.Ending.STOP, searched.ending());
  }

  @Test
  void sampledTextDependsOnTheSeed() {
    TextPrompt drawn =
        TextPrompt.of("red fox").tokens(12).sampling(SamplingSettings.at(1.5).topK(20));
    List<String> texts = new ArrayList<>();
    for (long seed = 0; seed < 4; seed++) {
      Completion done = model.generate(drawn.seed(seed));
      assertEquals(done.tokens(), model.generate(drawn.seed(seed)).tokens());
      texts.add(done.tokens().toString());
    }
    assertNotEquals(1, texts.stream().distinct().count());
  }

  @Test
  void trainedPairsAreLessSurprising() {
    List<TokenSequence> sequences =
        model.sequences(pairs("seas"), TextTrainingSettings.DEFAULT.limits()).sequences();
    Perplexity before = Perplexity.of(model, sequences, MixPlan.NONE, done -> {});
    Perplexity after = Perplexity.of(model, sequences, MixPlan.of(sea.adapter(), 1), done -> {});
    assertEquals(3 * 6, before.tokens()); // a space, four letters and the end
    assertTrue(after.value() < 1.5 && before.value() > 5, before + ", " + after);
  }

  @Test
  void dataOfAnotherModelKindIsRefused() throws IOException {
    TextDataSet plain = new TextDataSet(TextForm.TEXT, List.of(new TextExample.Plain("red")));
    String told = refusal(model, plain);
    assertTrue(told.contains("{\"text\"}") && told.contains("{\"input\", \"target\"}"), told);
    try (LanguageModel llama = load("llama")) {
      String other = refusal(llama, pairs("seas"));
      assertTrue(other.contains("{\"input\", \"target\"}") && other.contains("\"text\""), other);
      List<TokenSequence> cut =
          model.sequences(pairs("seas"), TextTrainingSettings.DEFAULT.limits()).sequences();
      assertThrows(
          IllegalArgumentException.class,
          () -> Perplexity.of(llama, cut, MixPlan.NONE, done -> {}));
    }
  }

  private static String refusal(LanguageModel of, TextDataSet data) {
    TextTrainer trainer = TextTrainer.on(of, TextTrainingSettings.DEFAULT);
    return String.valueOf(
        assertThrows(IllegalArgumentException.class, () -> trainer.data(data)).getMessage());
  }
}
