package dev.lora4j.spark.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import dev.lora4j.cli.Main;
import dev.lora4j.emoji.EmojiSd;
import dev.lora4j.spark.ColouredPictures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands beside Spark 3.5, whose libraries are older than those of this program. */
@Tag("slow")
class OlderSparkTest {
  @TempDir static Path folder;

  private static OlderSpark older;

  @BeforeAll
  static void start() throws IOException {
    older = OlderSpark.in(folder.resolve("lora4j"));
    ColouredPictures.write(Files.createDirectory(folder.resolve("pictures")));
  }

  private static String file(String name) {
    return folder.resolve(name).toString();
  }

  private static String here(List<String> words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Main.run(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            words.toArray(String[]::new));
    assertEquals(0, code, err.toString(StandardCharsets.UTF_8));
    return out.toString(StandardCharsets.UTF_8);
  }

  private static OlderSpark.Done there(List<String> words, String... more) throws Exception {
    OlderSpark.Done done = older.run(and(words, more));
    assertEquals(0, done.code(), done.err());
    assertTrue(done.err().contains("Spark 3.5."), done.err());
    return done;
  }

  private static List<String> and(List<String> words, String... more) {
    List<String> all = new ArrayList<>(words);
    all.addAll(List.of(more));
    return all;
  }

  private static JsonElement identity(String json) {
    return JsonParser.parseString(json).getAsJsonObject().get("identity");
  }

  private static List<String> training(String output) {
    return List.of(
        "train",
        "--images",
        file("pictures"),
        "--steps",
        "3",
        "--batch",
        "1",
        "--rank",
        "2",
        "--compute",
        "f32",
        "--threads",
        "1",
        "--set",
        "gradient_accumulation=2",
        "--set",
        "previews.prompts=[]",
        "--json",
        "-o",
        file(output));
  }

  @Test
  void pictureIsThatOfGenerate() throws Exception {
    List<String> words =
        List.of(
            "generate",
            "a red fox",
            "--lora",
            EmojiSd.glossy() + ":0.7",
            "--seed",
            "7",
            "--steps",
            "2",
            "--compute",
            "f32",
            "-o");
    there(words, file("there.png"), "--master", "local[2]");
    here(and(words, file("here.png"), "--threads", "1"));
    byte[] picture = Files.readAllBytes(folder.resolve("here.png"));
    assertArrayEquals(picture, Files.readAllBytes(folder.resolve("there.png")));
    List<String> submitted = and(words, file("submitted.png"));
    OlderSpark.Done done = older.submit(SeparateProgram.class.getName(), submitted);
    assertEquals(0, done.code(), done.err());
    assertArrayEquals(picture, Files.readAllBytes(folder.resolve("submitted.png")));
    OlderSpark.Done refused = older.submit(Main.class.getName(), submitted);
    assertEquals(1, refused.code());
    assertTrue(refused.err().contains("another version of one of its libraries"), refused.err());
    assertTrue(refused.err().contains("JsonParser.parseReader"), refused.err());
  }

  @Test
  void rowsAreJudgedAndWrittenToATable() throws Exception {
    String concept = EmojiSd.judge().heldOut().values().iterator().next();
    Path prompts = folder.resolve("p.jsonl");
    Files.writeString(prompts, "{\"prompt\":\"" + concept + ", twemoji\",\"seed\":3}\n");
    there(
        List.of("generate", "--prompts", prompts.toString(), "--steps", "2", "--judge", "flat"),
        "-o",
        file("p.parquet"),
        "--master",
        "local[2]");
    try (SparkSession session = SparkSession.builder().master("local[1]").getOrCreate()) {
      List<Row> rows = session.read().parquet(file("p.parquet")).collectAsList();
      assertEquals(1, rows.size());
      assertTrue(rows.get(0).<Integer>getAs("concept_rank") >= 1);
      assertTrue(Double.isFinite(rows.get(0).<Double>getAs("style_margin")));
    }
  }

  @Test
  void adapterIsThatOfTrainOnMachinesToo() throws Exception {
    JsonElement alone = identity(here(training("alone.safetensors")));
    List<String> one = and(training("one.safetensors"), "--parts", "1", "--master", "local[2]");
    assertEquals(alone, identity(there(one).out()));
    List<String> two = and(training("two.safetensors"), "--master", "local[2]");
    String[] machines = {
      "--parts",
      "2",
      "--master",
      "local-cluster[2,1,1024]",
      "--conf",
      "spark.testing=true",
      "--conf",
      "spark.testing.memory=2147480000",
      "--conf",
      "spark.executor.memory=800m"
    };
    JsonElement tasks = identity(there(two).out());
    assertEquals(tasks, identity(there(and(training("machines.safetensors"), machines)).out()));
  }

  @Test
  void evaluationIsThatOfTheCommandAlone() throws Exception {
    List<String> words =
        List.of(
            "evaluate",
            "--style",
            "glossy",
            "--lora",
            EmojiSd.glossy().toString(),
            "--concepts",
            "3",
            "--per-concept",
            "1",
            "--steps",
            "2",
            "--compute",
            "f32",
            "-o");
    there(words, file("there"), "--master", "local[2]");
    here(
        List.of(
            "evaluate", "--style", "glossy", "--images", file("there/images"), "-o", file("here")));
    assertEquals(
        Files.readAllLines(folder.resolve("here/pictures.csv")),
        Files.readAllLines(folder.resolve("there/pictures.csv")));
  }
}
