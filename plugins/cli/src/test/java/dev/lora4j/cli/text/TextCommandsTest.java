package dev.lora4j.cli.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The way from nothing to a model that says what it was taught, by commands alone. */
class TextCommandsTest {
  private static final String TALE = "The cat sat on the mat, and the dog ran to the cat. ";

  @TempDir private static Path folder;
  private static Path book;
  private static Path model;
  private static Path adapter;

  @BeforeAll
  static void train() throws IOException {
    book = Files.writeString(folder.resolve("book.txt"), TALE.repeat(40));
    model = folder.resolve("model");
    Run made =
        Run.of(
            "text",
            "new",
            "--data",
            book,
            "-o",
            model,
            "--vocabulary",
            "280",
            "--width",
            "32",
            "--inner",
            "48",
            "--layers",
            "2",
            "--heads",
            "2",
            "--longest",
            "64");
    assertEquals(0, made.code(), made.err());
    adapter = folder.resolve("adapter");
    Run trained = train(adapter, "--steps", "200", "--json");
    assertEquals(0, trained.code(), trained.err());
    JsonObject report = trained.json();
    assertEquals(14, report.get("layers").getAsInt());
    assertTrue(
        report.get("lastLoss").getAsDouble() < report.get("firstLoss").getAsDouble() / 2,
        report.toString());
  }

  private static Run train(Path out, String... more) {
    Object[] words = new Object[more.length + 16];
    Object[] first = {
      "text",
      "train",
      "--base",
      model,
      "--data",
      book,
      "-o",
      out,
      "--pack",
      "--max-length",
      "32",
      "--rank",
      "8",
      "--batch",
      "4",
      "--rate=1e-2"
    };
    System.arraycopy(first, 0, words, 0, first.length);
    System.arraycopy(more, 0, words, first.length, more.length);
    return Run.of(words);
  }

  /** The head is whole and has codes, the factors are small and have none. */
  @Test
  void optimizerIn8BitsTrainsTheSameWhereverItsStateLies() throws IOException {
    Path memory = folder.resolve("memory/paged");
    Path mapped = folder.resolve("mapped/paged");
    Run first = train(memory, "--optimizer=adamw8bit", "--steps=3", "--saved=lm_head");
    assertEquals(0, first.code(), first.err());
    Run second = train(mapped, "--optimizer=paged_adamw_8bit", "--steps=3", "--saved=lm_head");
    assertEquals(0, second.code(), second.err());
    String file = "adapter_model.safetensors";
    assertEquals(-1, Files.mismatch(memory.resolve(file), mapped.resolve(file)));
    Path lion = folder.resolve("lion");
    Run third = train(lion, "--optimizer=lion8bit", "--optimizer-state=mapped", "--steps=1");
    assertEquals(0, third.code(), third.err());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--init=loftq|--rank=4|nothing is rounded. Say also --base-precision nf4",
        "--init=loftq|--base-precision=full|--base-precision full rounds nothing. Say --base-precision nf4",
        "--init=loftq|--base-precision=stored|--base-precision stored rounds nothing."
      })
  void factorsThatMakeUpForNoRoundingAreRefused(String init, String other, String told) {
    // No weights are there to be loaded.
    Path out = folder.resolve("loftq");
    Run run =
        Run.of(
            "text",
            "train",
            "--base",
            folder.resolve("no base"),
            "--data",
            book,
            "-o",
            out,
            init,
            other);
    assertEquals(2, run.code(), run.err());
    assertTrue(run.err().contains("--init loftq"), run.err());
    assertTrue(run.err().contains(told), run.err());
  }

  @Test
  void trainedTextIsGenerated() {
    Run said =
        Run.of(
            "text",
            "generate",
            "The cat sat",
            "--base",
            model,
            "--lora",
            adapter,
            "--max-new-tokens",
            8);
    assertEquals(0, said.code(), said.err());
    assertTrue(said.out().startsWith("The cat sat on the mat"), said.out());
    assertTrue(said.err().contains("8 tokens in"), said.err());
  }

  /** In LyCORIS' form, its default elsewhere, PEFT's layout would refuse it after the training. */
  @Test
  void doraIsTrainedInTheFormOfItsLayout() {
    Path dora = folder.resolve("dora");
    Run run = train(dora, "--method=dora", "--optimizer=adamw:weight_decay=0", "--steps=1");
    assertEquals(0, run.code(), run.err());
    assertTrue(Run.of("inspect", dora).out().contains("dora"), "is read as DoRA");
    Run lycoris = train(folder.resolve("l"), "--method=dora:convention=lycoris", "--steps=1");
    assertEquals(1, lycoris.code(), lycoris.err());
    assertTrue(lycoris.err().contains("convention = peft"), lycoris.err());
    Run unknown = train(folder.resolve("u"), "--method=dora:angle=1", "--steps=1");
    assertEquals(2, unknown.code(), unknown.err());
  }

  @Test
  void perplexityFallsAndMergingPreservesTheValue() {
    Run scored =
        Run.of(
            "text",
            "evaluate",
            "--base",
            model,
            "--data",
            book,
            "--pack",
            "--lora",
            adapter,
            "--json");
    double base = scored.json().get("base").getAsDouble();
    double adapted = scored.json().get("adapters").getAsDouble();
    assertTrue(adapted < base / 4, scored.out());
    Path merged = folder.resolve("merged");
    Run wrote =
        Run.of(
            "text",
            "merge",
            "--base",
            model,
            "--lora",
            adapter,
            "-o",
            merged,
            "--precision",
            "f32",
            "--json");
    assertEquals(14, wrote.json().get("weightsChanged").getAsInt(), wrote.err());
    Run again = Run.of("text", "evaluate", "--base", merged, "--data", book, "--pack", "--json");
    assertEquals(adapted, again.json().get("base").getAsDouble(), 1e-3 * adapted);
  }

  @Test
  void severalPromptsAreOneReport() {
    Run said =
        Run.of(
            "text",
            "generate",
            "The cat",
            "The dog",
            "--base",
            model,
            "--lora",
            adapter + ":0.9",
            "--max-new-tokens",
            "6",
            "--stop",
            ",",
            "--temperature",
            "0.5",
            "--top-k",
            "5",
            "--seed",
            "3",
            "--json");
    assertEquals(2, said.json().getAsJsonArray("completions").size(), said.err());
    Run beams =
        Run.of(
            "text",
            "generate",
            "The cat",
            "--base",
            model,
            "--lora",
            adapter,
            "--max-new-tokens",
            "6",
            "--beams",
            "3");
    assertTrue(beams.out().startsWith("The cat"), beams.out());
  }

  /** What an option got wrong is told before anything is loaded. */
  @Test
  void invalidTextOptionsAreRefused() throws IOException {
    assertTrue(
        Run.of("text", "generate", "x", "--base", folder.resolve("none"))
            .err()
            .contains("There is no folder"));
    assertNotEquals(0, Run.of("text", "generate", "x", "--base", model, "--temperature=-1").code());
    for (String command : new String[] {"generate x", "evaluate --data=" + book, "merge -o out"}) {
      List<Object> words = new ArrayList<>(List.of("text"));
      words.addAll(List.of(command.split(" ")));
      words.addAll(List.of("--base", model, "--lora", folder.resolve("adaptr")));
      Run missing = Run.of(words.toArray());
      assertTrue(missing.err().contains("Did you mean"), missing.err());
      assertFalse(missing.err().contains("Loaded"), "before anything is loaded");
    }
    Path broken = Files.writeString(folder.resolve("broken.jsonl"), "{\"text\": 1}\nno json\n");
    Run refused =
        Run.of("text", "train", "--base", model, "--data", broken, "-o", folder.resolve("b"));
    assertEquals(1, refused.code());
    assertTrue(
        refused.err().contains("broken.jsonl line 1")
            && refused.err().contains("broken.jsonl line 2"),
        refused.err());
    Run unknown = train(folder.resolve("c"), "--targets", "no_such_layer");
    assertNotEquals(0, unknown.code());
    assertTrue(unknown.err().contains("no_such_layer"), unknown.err());
  }

  /** A new model that cannot be made whole leaves nothing in the way of the next trial. */
  @Test
  void aNewModelIsMadeOrNot() {
    Path made = folder.resolve("new");
    Run small = Run.of("text", "new", "--data", book, "-o", made, "--vocabulary", "256");
    assertEquals(1, small.code(), small.err());
    Run whole =
        Run.of(
            "text",
            "new",
            "--data",
            book,
            "-o",
            made,
            "--vocabulary=270",
            "--width=16",
            "--heads=2",
            "--layers=1",
            "--json");
    assertEquals(1, whole.json().get("layers").getAsInt(), whole.err());
  }

  /** What would be refused after hours of training is refused before. */
  @Test
  void existingOutputIsNotOverwritten() throws IOException {
    Path out = folder.resolve("twice");
    assertEquals(0, train(out, "--steps", "4", "--save-every", "2").code());
    assertTrue(Files.exists(folder.resolve("twice.run/loss.png")));
    Run plain = train(out, "--steps", "4");
    assertEquals(1, plain.code());
    assertTrue(plain.err().contains("lose both by --overwrite"), plain.err());
    Files.createDirectory(out.resolve("notes"));
    for (String more : new String[] {"--resume", "--overwrite"}) {
      Run again = train(out, "--steps", "4", more);
      assertEquals(1, again.code());
      assertTrue(again.err().contains("is there already and not empty"), again.err());
    }
    assertFalse(plain.err().contains("Loaded"), plain.err());
    Run named = train(folder.resolve("file"), "--layout", "kohya");
    assertTrue(named.err().contains(".safetensors"), named.err());
  }

  /** A folder is replaced as a file is: by a whole one, when it is asked for. */
  @Test
  void existingAdapterIsReplacedWhenAsked() throws IOException {
    Path out = folder.resolve("again");
    assertEquals(0, train(out, "--steps", "2").code());
    Path file = out.resolve("adapter_model.safetensors");
    byte[] first = Files.readAllBytes(file);
    assertEquals(0, train(out, "--steps", "2", "--resume").code());
    assertArrayEquals(first, Files.readAllBytes(file), "the same adapter again");
    Run other = train(out, "--steps", "3", "--overwrite");
    assertEquals(0, other.code(), other.err());
    assertFalse(Arrays.equals(first, Files.readAllBytes(file)));
    try (Stream<Path> all = Files.list(folder)) {
      assertEquals(
          List.of("again", "again.run"),
          all.map(each -> String.valueOf(each.getFileName()))
              .filter(name -> name.contains("again"))
              .sorted()
              .toList());
    }
  }

  @Test
  void aFinishedRunOfTextsIsNotLost() throws IOException {
    Path out = folder.resolve("once.safetensors");
    String[] words = {"--steps", "2", "--layout", "kohya", "--save-every", "2"};
    assertEquals(0, train(out, words).code());
    byte[] before = Files.readAllBytes(out);
    Run refused = train(out, words);
    assertEquals(1, refused.code(), refused.err());
    assertTrue(refused.err().contains(out + " is there already, and the run"), refused.err());
    assertTrue(refused.err().contains("--from " + out), refused.err());
    Files.delete(out);
    Run lost = train(out, words);
    assertEquals(1, lost.code(), lost.err());
    assertTrue(lost.err().contains("There is a finished run in"), lost.err());
    List<String> all = new ArrayList<>(List.of(words));
    all.add("--resume");
    assertEquals(0, train(out, all.toArray(String[]::new)).code());
    assertArrayEquals(before, Files.readAllBytes(out));
  }

  @Test
  void invalidTextsLeaveTheCheckpoints() throws IOException {
    Path out = folder.resolve("kept");
    Path checkpoints = Files.createDirectories(folder.resolve("kept.run/checkpoints"));
    Path checkpoint = Files.writeString(checkpoints.resolve("step-000001.safetensors"), "kept");
    Path wrong = Files.writeString(folder.resolve("wrong.jsonl"), "{\"text\": 3}\n");
    Run refused =
        Run.of("text", "train", "--base", model, "--data", wrong, "-o", out, "--overwrite");
    assertEquals(1, refused.code(), refused.err());
    assertTrue(refused.err().contains("wrong.jsonl"), refused.err());
    assertTrue(Files.exists(checkpoint));
  }

  /** A run that came to its end and lost its result writes it again, and tells all its losses. */
  @Test
  void finishedRunRewritesItsLostAdapter() throws IOException {
    Path out = folder.resolve("lost");
    JsonObject first = train(out, "--steps", "4", "--json").json();
    for (String file : new String[] {"adapter_config.json", "adapter_model.safetensors"}) {
      Files.delete(out.resolve(file));
    }
    JsonObject again = train(out, "--steps", "4", "--resume", "--json").json();
    assertEquals(first.get("identity"), again.get("identity"));
    assertEquals(first.get("lastLoss").getAsDouble(), again.get("lastLoss").getAsDouble(), 1e-3);
  }

  @Test
  void fullModelTrainingWritesTheTrainedModel() {
    Path whole = folder.resolve("whole");
    Run wrote =
        train(
            whole,
            "--method",
            "full",
            "--targets",
            "*",
            "--steps",
            "4",
            "--layout",
            "transformers");
    assertEquals(0, wrote.code(), wrote.err());
    assertTrue(wrote.err().contains("--base " + whole), wrote.err());
    Run before = Run.of("text", "evaluate", "--base", model, "--data", book, "--pack", "--json");
    Run after = Run.of("text", "evaluate", "--base", whole, "--data", book, "--pack", "--json");
    assertTrue(
        after.json().get("base").getAsDouble() < before.json().get("base").getAsDouble(),
        after.out());
  }

  /** With the bundled model, once and once more into the same folder. */
  @Test
  void theQuickstartMakesTheNovelLikelier() throws IOException {
    Path out = folder.resolve("quick");
    for (int i = 0; i < 2; i++) {
      Run quick =
          Run.of("text", "quickstart", "-o", out, "--steps", "3", "--blocks", "8", "--json");
      assertEquals(0, quick.code(), quick.err());
      JsonObject report = quick.json();
      assertTrue(
          report.get("perplexityAfter").getAsDouble()
              < report.get("perplexityBefore").getAsDouble(),
          report.toString());
      assertTrue(Files.exists(Path.of(report.get("adapter").getAsString(), "adapter_config.json")));
    }
    Files.writeString(out.resolve("novel/notes.txt"), "mine");
    assertEquals(1, Run.of("text", "quickstart", "-o", out, "--steps", "3").code());
    assertEquals("mine", Files.readString(out.resolve("novel/notes.txt")));
  }
}
