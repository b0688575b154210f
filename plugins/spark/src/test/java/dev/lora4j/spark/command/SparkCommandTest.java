package dev.lora4j.spark.command;

import static java.nio.file.StandardOpenOption.APPEND;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.cli.Main;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.emoji.EmojiSd;
import dev.lora4j.spark.ColouredPictures;
import dev.lora4j.spark.ShopFileSystem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of a cluster beside those of one process, with the same options. */
class SparkCommandTest {
  private static final String GLOSSY = EmojiSd.glossy().toString();

  @TempDir Path folder;

  private record Done(int code, String out, String err) {
    JsonObject json() {
      return JsonParser.parseString(out).getAsJsonObject();
    }
  }

  private static Done run(List<String> words, String... more) {
    List<String> all = new ArrayList<>(words);
    all.addAll(List.of(more));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Main.run(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            all.toArray(String[]::new));
    return new Done(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static Done spark(String command, List<String> words, String... more) {
    List<String> all = new ArrayList<>(List.of("spark", command));
    all.addAll(words);
    all.addAll(
        List.of(
            "--master",
            "local[2,2]",
            "--conf",
            "spark.driver.bindAddress=127.0.0.1",
            "--conf",
            "spark.driver.host=127.0.0.1"));
    return run(all, more);
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private Done trained(String output, String... more) throws IOException {
    Path pictures = Files.createDirectories(folder.resolve("pictures"));
    ColouredPictures.write(pictures);
    // A file of the same settings for both, with a path that counts from where it is.
    Path settings = folder.resolve("balls.toml");
    Files.writeString(
        settings,
        """
        preset = "tiny"
        images = "pictures"
        steps = 3
        batch = 1
        gradient_accumulation = 4
        dtype = "f32"
        compute = "f32"
        [adapter]
        rank = 4
        [previews]
        prompts = []
        """);
    List<String> words = List.of(settings.toString(), "--json", "-o", file(output));
    Done done =
        more.length == 0
            // As many threads as a task has.
            ? run(List.of("train", "--threads", "1"), words.toArray(String[]::new))
            : spark("train", words, more);
    assertEquals(0, done.code(), done.err());
    return done;
  }

  @Test
  void adapterOfOnePartIsThatOfTrain() throws IOException {
    JsonObject alone = trained("alone.safetensors", new String[0]).json();
    Done one = trained("one.safetensors", "--parts", "1");
    assertEquals(alone.get("identity"), one.json().get("identity"));
    assertEquals(alone.get("lastLoss"), one.json().get("lastLoss"));
    assertTrue(one.err().contains("4 batches, computed in 1 part"), one.err());
    assertTrue(one.err().contains("% was not computing."), one.err());
    assertTrue(Files.exists(folder.resolve("one.run/run.toml")));
    Done two = trained("two.safetensors", "--threads", "1");
    assertTrue(two.err().contains("computed in 2 parts"), two.err());
    JsonObject again = trained("again.safetensors", "--threads", "1").json();
    assertEquals(again.get("identity"), two.json().get("identity"));
  }

  @Test
  void baseAndPicturesOfAnObjectStoreTrainTheSameAdapter() throws IOException {
    JsonObject alone = trained("alone.safetensors", new String[0]).json();
    String[] store = {
      "--base", "shop://disk" + EmojiSd.folder().toAbsolutePath(),
      "--images", "shop://disk" + folder.resolve("pictures"),
      "--conf", ShopFileSystem.PROPERTY + "=" + ShopFileSystem.class.getName(),
      "--parts", "1"
    };
    Done there = trained("there.safetensors", store);
    assertEquals(alone.get("identity"), there.json().get("identity"));
    assertEquals(alone.get("lastLoss"), there.json().get("lastLoss"));
    store[3] = "shop://disk/none/there";
    Done none = spark("train", List.of("-o", file("none.safetensors")), store);
    assertEquals(1, none.code());
    assertTrue(none.err().contains("shop://disk/none/there cannot be fetched"), none.err());
    Done here = run(List.of("train", "-o", file("none.safetensors")), store[0], store[1]);
    assertEquals(2, here.code());
    assertTrue(here.err().contains("--base: base is shop://disk/"), here.err());
    assertTrue(here.err().contains("lora4j spark train copies from stores"), here.err());
  }

  @Test
  void localStepsOfOnePartAreThoseOfTrain() throws IOException {
    JsonObject alone = trained("alone.safetensors", new String[0]).json();
    Done one = trained("one.safetensors", "--parts", "1", "--local-steps", "2");
    assertEquals(alone.get("identity"), one.json().get("identity"));
    assertTrue(one.err().contains("A round of 2 steps took"), one.err());
    Done two = trained("two.safetensors", "--threads", "1", "--local-steps", "2");
    assertTrue(two.err().contains("2 parts that are averaged after 2 steps"), two.err());
    assertNotEquals(alone.get("identity"), two.json().get("identity"));
    Done refused =
        spark(
            "train",
            List.of(file("balls.toml"), "-o", file("lokr.safetensors"), "--method", "lokr"),
            "--local-steps",
            "2");
    assertEquals(1, refused.code());
    assertTrue(refused.err().contains("by the method lokr have no mean"), refused.err());
    Done inspected = run(List.of("inspect", "--all", file("two.safetensors")));
    assertTrue(inspected.out().contains("local_steps"), inspected.out());
  }

  @Test
  void finishedRunIsNotWrittenOver() throws IOException {
    trained("once.safetensors", "--parts", "1");
    byte[] written = Files.readAllBytes(folder.resolve("once.safetensors"));
    Done refused =
        spark("train", List.of(file("balls.toml"), "-o", file("once.safetensors")), "--parts", "1");
    assertEquals(1, refused.code());
    assertTrue(refused.err().contains("is there already"), refused.err());
    assertFalse(refused.err().contains("Connecting"), refused.err());
    assertArrayEquals(written, Files.readAllBytes(folder.resolve("once.safetensors")));
  }

  @Test
  void picturesAreThoseOfGenerate() throws IOException {
    List<String> words =
        List.of("a red fox", "a cup", "--seed", "7", "--count", "2", "--steps", "2");
    List<String> more = List.of("--lora", GLOSSY + ":0,0.7", "--compute", "f32");
    List<String> here = new ArrayList<>(List.of("generate"));
    here.addAll(words);
    here.addAll(more);
    Done alone = run(here, "--threads", "1", "-o", file("a.png"));
    assertEquals(0, alone.code(), alone.err());
    List<String> there = new ArrayList<>(words);
    there.addAll(more);
    Done drawn = spark("generate", there, "-o", file("b.png"));
    assertEquals(0, drawn.code(), drawn.err());
    for (int i = 1; i <= 4; i++) {
      assertArrayEquals(
          Files.readAllBytes(folder.resolve("a-" + i + ".png")),
          Files.readAllBytes(folder.resolve("b-" + i + ".png")));
    }
    assertTrue(drawn.out().contains("b-4.png  seed 8"), drawn.out());
  }

  @Test
  void killedRunGoesOnWithWhatIsMissing() throws IOException {
    Path table = folder.resolve("t.jsonl");
    Files.writeString(
        table,
        """
        {"prompt":"a fox","seed":1}
        {"prompt":"a cup","seed":2}
        {"prompt":"a tree","seed":3}
        """);
    List<String> words =
        List.of("--prompts", table.toString(), "--steps", "2", "--resume", "-o", file("k.png"));
    assertEquals(0, spark("generate", words).code());
    byte[] second = Files.readAllBytes(folder.resolve("k-2.png"));
    assertFalse(Files.exists(folder.resolve("k.rows")));
    // A row that cannot be drawn ends the command after the others, as a kill would.
    Files.writeString(table, "{\"prompt\":\"a cow\",\"seed\":4,\"adapters\":\"nobody\"}\n", APPEND);
    assertEquals(1, spark("generate", words, "--keep-errors").code());
    assertTrue(Files.exists(folder.resolve("k.rows")));
    byte[] first = Files.readAllBytes(folder.resolve("k-1.png"));
    Files.delete(folder.resolve("k-2.png"));
    // What is no picture of this run is made again, whoever put it there.
    Files.write(folder.resolve("k-1.png"), second);
    Done rest = spark("generate", words, "--keep-errors");
    assertTrue(rest.err().contains("1 of 4 pictures are there already"), rest.err());
    assertArrayEquals(first, Files.readAllBytes(folder.resolve("k-1.png")));
    assertArrayEquals(second, Files.readAllBytes(folder.resolve("k-2.png")));
    Done other = spark("generate", words, "--guidance", "2");
    assertEquals(1, other.code());
    assertTrue(other.err().contains("leave --resume out"), other.err());
    // A line that a kill cut off.
    Files.writeString(folder.resolve("k.rows"), "1 ab", APPEND);
    assertTrue(
        spark("generate", words, "--keep-errors").err().contains("3 of 4 pictures are there"));
    Done whole = spark("generate", List.of("a fox", "--resume"), "-o", file("k.parquet"));
    assertEquals(2, whole.code());
    assertTrue(whole.err().contains("A table is there when it is whole"), whole.err());
  }

  @Test
  void seedThatWasDrawnIsTakenAgain() throws IOException {
    Path table = folder.resolve("s.jsonl");
    Files.writeString(table, "{\"prompt\":\"a fox\"}\n{\"prompt\":\"a cup\",\"adapters\":\"x\"}\n");
    List<String> rows =
        List.of("--prompts", table.toString(), "--steps", "2", "--resume", "--keep-errors");
    Done begun = spark("generate", rows, "-o", file("s.png"));
    assertEquals(1, begun.code(), begun.err());
    Done again = spark("generate", rows, "-o", file("s.png"));
    assertTrue(again.err().contains("1 of 2 pictures are there already"), again.err());
    assertEquals(begun.out(), again.out());
  }

  @Test
  void adaptersAreToldOfAsByGenerate() throws IOException {
    Path other = folder.resolve("other.safetensors");
    byte[] file = Files.readAllBytes(EmojiSd.glossy());
    // Another base in its header, of the same length.
    String header = new String(file, StandardCharsets.ISO_8859_1);
    Matcher hash = Pattern.compile("\"ss_new_sd_model_hash\":\"([0-9a-f]{64})\"").matcher(header);
    assertTrue(hash.find());
    String changed = header.replace(hash.group(1), "0".repeat(64));
    Files.write(other, changed.getBytes(StandardCharsets.ISO_8859_1));
    List<String> here =
        List.of("generate", "a fox", "--steps", "2", "--seed", "1", "--lora", other.toString());
    Done alone = run(here, "-o", file("x.png"));
    String told =
        alone.err().lines().filter(l -> l.contains("It was trained on")).findFirst().orElse("none");
    assertTrue(told.startsWith(other.toString()), alone.err());
    Done there = spark("generate", here.subList(1, here.size()), "-o", file("y.png"));
    assertTrue(there.err().contains(told), there.err());
  }

  @Test
  void promptsOfATableNameNoAdapters() throws IOException {
    Path table = folder.resolve("t.jsonl");
    Files.writeString(table, "{\"prompt\":\"a fox <lora:ink:1>\",\"seed\":1}\n");
    Done tagged = spark("generate", List.of("--prompts", table.toString()), "-o", file("t.png"));
    assertEquals(2, tagged.code());
    assertTrue(tagged.err().contains("in the column adapters"), tagged.err());
  }

  @Test
  void rowsOfATableHaveWhatOptionsSayWhereTheySayNothing() throws IOException {
    Path table = folder.resolve("t.csv");
    Files.writeString(
        table, "prompt,seed,adapters,steps,id\n\"a fox, red\",7,glossy:0.7,2,A\n42,8,,,B\n");
    List<String> words = List.of("--prompts", table.toString(), "--steps", "3", "--compute", "f32");
    Done unkept = spark("generate", words, "-o", file("t.png"));
    assertEquals(1, unkept.code());
    assertTrue(unkept.err().contains("say --keep id"), unkept.err());
    Done drawn =
        spark("generate", words, "--keep", "id", "--lora", GLOSSY + ":0.5", "-o", file("t.png"));
    assertEquals(0, drawn.code(), drawn.err());
    List<String> first = List.of("generate", "a fox, red", "--seed", "7", "--steps", "2");
    List<String> second = List.of("generate", "42", "--seed", "8", "--steps", "3");
    String[] same = {"--compute", "f32", "--threads", "1", "-o", file("x.png"), "--lora"};
    for (int i = 0; i < 2; i++) {
      List<String> alone = new ArrayList<>(i == 0 ? first : second);
      alone.addAll(List.of(same));
      assertEquals(0, run(alone, GLOSSY + (i == 0 ? ":0.7" : ":0.5")).code());
      assertArrayEquals(
          Files.readAllBytes(folder.resolve("x.png")),
          Files.readAllBytes(folder.resolve("t-" + (i + 1) + ".png")));
    }
  }

  @Test
  void baseAndAdapterOfAnObjectStoreAreThoseOfAFolder() throws IOException {
    // The adapter's file has another place than the bundled one, so that nobody knows it.
    Path ink = Files.copy(Path.of(GLOSSY), folder.resolve("shiny.safetensors"));
    List<String> words = List.of("a fox", "--seed", "4", "--steps", "2", "--compute", "f32");
    String[] store = {
      "--base", "shop://disk" + EmojiSd.folder().toAbsolutePath(),
      "--lora", "shop://disk" + ink + ":0.7",
      "--conf", ShopFileSystem.PROPERTY + "=" + ShopFileSystem.class.getName(),
      "-o", file("store.png")
    };
    Done drawn = spark("generate", words, store);
    assertEquals(0, drawn.code(), drawn.err());
    store[1] = "shop://disk/none/there";
    Done none = spark("generate", words, store);
    assertEquals(1, none.code());
    assertTrue(none.err().contains("shop://disk/none/there cannot be fetched"), none.err());
    String[] here = {"--lora", ink + ":0.7", "-o", file("here.png")};
    assertEquals(0, spark("generate", words, here).code());
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("here.png")),
        Files.readAllBytes(folder.resolve("store.png")));
  }

  @Test
  void judgedRowsHaveScoresOfWhatTheirPromptsName() throws IOException {
    String concept = EmojiSd.judge().heldOut().values().iterator().next();
    Path prompts = folder.resolve("p.txt");
    Files.writeString(prompts, concept + ", twemoji\nnothing in particular\n");
    List<String> words =
        List.of("--prompts", prompts.toString(), "--steps", "2", "--seed", "3", "--judge", "flat");
    Done files = spark("generate", words, "-o", file("x.png"));
    assertEquals(2, files.code());
    assertTrue(files.err().contains("--judge writes its scores to a table"), files.err());
    Done drawn = spark("generate", words, "-o", file("p.parquet"));
    assertEquals(0, drawn.code(), drawn.err());
    assertTrue(drawn.err().contains("Of 2 prompts, 1 begin"), drawn.err());
    try (SparkSession session = SparkSession.builder().master("local[1]").getOrCreate()) {
      List<Row> rows = session.read().parquet(file("p.parquet")).orderBy("seed").collectAsList();
      assertEquals(EmojiSd.judge().names().indexOf(concept), rows.get(0).<Integer>getAs("concept"));
      assertTrue(rows.get(0).<Integer>getAs("concept_rank") >= 1);
      assertTrue(rows.get(0).<Integer>getAs("truth_rank") >= 1);
      assertTrue(Double.isFinite(rows.get(1).<Double>getAs("style_margin")));
      assertTrue(rows.get(1).isNullAt(rows.get(1).fieldIndex("concept_rank")));
    }
  }

  @Test
  void rowThatCannotBeDrawnIsNamedAndMayBeLeftOut() throws IOException {
    Path table = folder.resolve("t.jsonl");
    Files.writeString(
        table,
        """
        {"prompt":"a fox","seed":1}
        {"prompt":"a cup","seed":2,"adapters":"nobody"}
        {"prompt":"a tree","seed":3}
        """);
    List<String> words = List.of("--prompts", table.toString(), "--steps", "2");
    Done ended = spark("generate", words, "-o", file("t.png"));
    assertEquals(1, ended.code());
    assertTrue(
        ended.err().contains("The row with prompt a cup, seed 2, adapters nobody"), ended.err());
    assertTrue(ended.err().contains("no adapter 'nobody'; none is given"), ended.err());
    assertFalse(ended.err().contains("\tat "), ended.err());
    assertTrue(ended.err().contains("A task on "), ended.err());
    Done left = spark("generate", words, "--keep-errors", "-o", file("p.parquet"), "--json");
    assertEquals(1, left.code());
    assertEquals(2, left.json().get("pictures").getAsInt());
    assertTrue(
        left.json().getAsJsonArray("failed").get(0).getAsString().contains("a cup"), left.out());
    Done again = spark("generate", words, "-o", file("p.parquet"));
    assertTrue(again.err().contains("is there already"), again.err());
    Files.writeString(table, "{\"prompt\":\"a fox\",\"seed\":\"one\"}\n");
    Done wrong = spark("generate", words, "-o", file("t.png"));
    assertTrue(wrong.err().contains("Row 1 has the seed 'one'"), wrong.err());
  }

  @Test
  void evaluationHasThePicturesAndScoresOfRows() throws IOException {
    List<String> words =
        List.of(
            "--style",
            "glossy",
            "--lora",
            GLOSSY,
            "--concepts",
            "3",
            "--per-concept",
            "1",
            "--steps",
            "2",
            "--compute",
            "f32",
            "--json");
    Done scored = spark("evaluate", words, "-o", file("there"));
    assertEquals(0, scored.code(), scored.err());
    Done alone =
        run(List.of("evaluate"), concat(words, List.of("--threads", "1", "-o", file("here"))));
    assertEquals(0, alone.code(), alone.err());
    List<String> manifest = Files.readAllLines(folder.resolve("here/images/manifest.csv"));
    assertEquals(manifest, Files.readAllLines(folder.resolve("there/images/manifest.csv")));
    JsonObject there = scored.json();
    JsonObject here = alone.json();
    assertEquals(here.keySet(), there.keySet());
    String[] same = {"--images", file("there/images"), "-o", file("again")};
    JsonObject again = run(List.of("evaluate", "--style", "glossy", "--json"), same).json();
    // What tasks said of the pictures is what one process says of the same.
    assertEquals(again.get("kinds"), there.get("kinds"));
    assertEquals(again.get("drift"), there.get("drift"));
    assertEquals(
        Files.readAllLines(folder.resolve("again/pictures.csv")),
        Files.readAllLines(folder.resolve("there/pictures.csv")));
    assertTrue(Files.exists(folder.resolve("there/sheet.png")));
    Done judged = spark("evaluate", List.of("--style", "glossy", "--images", file("here/images")));
    assertEquals(2, judged.code());
    assertTrue(judged.err().contains("take the command evaluate"), judged.err());
  }

  private static String[] concat(List<String> first, List<String> second) {
    List<String> all = new ArrayList<>(first);
    all.addAll(second);
    return all.toArray(String[]::new);
  }

  @Test
  void whatIsAskedOfTheClusterIsChecked() {
    List<String> train =
        List.of("spark", "train", "--images", file("none"), "-o", file("x.safetensors"));
    Done nowhere = run(train);
    assertEquals(2, nowhere.code());
    assertTrue(nowhere.err().contains("Say which cluster: --master local[2]"), nowhere.err());
    Done parts = run(train, "--master", "spark://nobody:7077");
    assertEquals(2, parts.code());
    assertTrue(parts.err().contains("Say by --parts"), parts.err());
    Done outer = run(train, "--master", "local[2]", "--outer-momentum", "0.9");
    assertEquals(2, outer.code());
    assertTrue(outer.err().contains("for example --local-steps 10"), outer.err());
    Done never = run(train, "--master", "local[2]", "--local-steps", "0");
    assertEquals(2, never.code());
    assertTrue(never.err().contains("found 0"), never.err());
    Done property = run(train, "--master", "local[2]", "--conf", "threads=4");
    assertEquals(2, property.code());
    assertTrue(property.err().contains("--conf takes a property of Spark"), property.err());
    Done none = spark("generate", List.of());
    assertEquals(2, none.code());
    assertTrue(none.err().contains("Give PROMPTs, or a file"), none.err());
    Done tagged = spark("generate", List.of("a fox <lora:ink:0.7>"));
    assertEquals(2, tagged.code());
    assertTrue(tagged.err().contains("give it by --lora"), tagged.err());
    Done base =
        spark("train", List.of("--find-rate"), "-o", file("x.safetensors"), "--images", ".");
    assertTrue(base.err().contains("take the command train"), base.err());
  }

  @Test
  void sparkThatCannotBeUsedIsRefusedByItsVersion() {
    SparkOptions.requireVersion("4.1.3");
    SparkOptions.requireVersion("3.5.7");
    Failure older = assertThrows(Failure.class, () -> SparkOptions.requireVersion("3.4.4"));
    assertEquals("This is Spark 3.4.4. Take Spark 4.1, or 3.5.", older.getMessage());
  }

  @Test
  void documentedCommandsAreTaken() throws IOException {
    String page = Files.readString(Path.of("../../docs/spark.md"));
    List<String> lines = page.lines().filter(line -> line.startsWith("./lora4j spark ")).toList();
    assertTrue(lines.size() >= 4, lines.toString());
    for (String line : lines) {
      List<String> words = new ArrayList<>();
      Matcher word = Pattern.compile("\"([^\"]*)\"|(\\S+)").matcher(line);
      while (word.find()) {
        words.add(word.group(1) == null ? word.group(2) : word.group(1));
      }
      // The run file of the page is nowhere.
      words.removeIf(w -> w.endsWith(".toml"));
      words.add("--help");
      Done helped = run(words.subList(1, words.size()));
      assertEquals(0, helped.code(), line + ": " + helped.err());
    }
  }
}
