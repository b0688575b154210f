package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import dev.lora4j.cli.Run;
import dev.lora4j.core.safetensors.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One adapter learns from several. */
@Tag("slow")
class DistillTest {
  @TempDir private static Path trained;
  @TempDir private Path folder;
  private Path ink = Path.of("");
  private Path glow = Path.of("");
  private Path out = Path.of("");
  private Path prompts = Path.of("");

  @BeforeAll
  static void teachers() throws IOException {
    Run.pictures(trained.resolve("pictures"));
    teacher(trained, "ink", 1);
    teacher(trained, "glow", 2, "--set=adapter.rank=3", "--trigger=glw");
  }

  @BeforeEach
  void copies() throws IOException {
    Run.pictures(folder.resolve("pictures"));
    ink = copy("ink.safetensors");
    glow = copy("glow.safetensors");
    out = folder.resolve("one.safetensors");
    prompts = folder.resolve("prompts.txt");
    Files.writeString(prompts, "# what is drawn\na fox\n\n  a cat\nan owl\n");
  }

  private Path copy(String name) throws IOException {
    return Files.copy(trained.resolve(name), folder.resolve(name));
  }

  private static Path teacher(Path folder, String name, int seed, Object... more)
      throws IOException {
    List<Object> words =
        new ArrayList<>(List.of("--steps=6", "--lr=0.05", "--seed=" + seed, "--overwrite"));
    words.addAll(List.of(more));
    Run run = new SmallTraining(folder).train(words.toArray());
    assertEquals(0, run.code(), run.err());
    Path file = folder.resolve(name + ".safetensors");
    Files.move(folder.resolve("style.safetensors"), file);
    return file;
  }

  private Run distill(Object... more) {
    List<Object> words =
        new ArrayList<>(
            List.of(
                "distill", "-o", out, Run.BASE, "--compute=f32", "--batch=3", "--preview=a fox"));
    words.addAll(List.of(more));
    return Run.of(words.toArray());
  }

  private Run small(Object... more) {
    List<Object> words =
        new ArrayList<>(
            List.of(
                ink,
                glow + ":0.5",
                "--prompts=" + prompts,
                "--samples=4",
                "--steps=4",
                "--trigger=ink=nk"));
    words.addAll(List.of(more));
    return distill(words.toArray());
  }

  private static List<Path> pictures(Path run) throws IOException {
    try (Stream<Path> all = Files.walk(run.resolve("teachers"))) {
      return all.filter(p -> p.toString().endsWith(".png")).sorted().toList();
    }
  }

  @Test
  void headerNamesTeachersAndTheirWords() throws IOException {
    Run run = small("--json");
    assertEquals(0, run.code(), run.err());
    assertEquals(3, run.json().get("rank").getAsInt());
    assertTrue(run.err().contains("ink draws 4 pictures to teach with"), run.err());
    List<Path> drawn = pictures(folder.resolve("one.run"));
    assertEquals(8, drawn.size());
    for (Path picture : drawn) {
      Path caption = Path.of(picture.toString().replace(".png", ".txt"));
      assertTrue(List.of("a fox", "a cat", "an owl").contains(Files.readString(caption).strip()));
    }
    try (Safetensors file = Safetensors.open(out)) {
      assertEquals("3", file.metadata().get("ss_network_dim"));
      assertEquals("nk, glw", file.metadata().get("modelspec.trigger_phrase"));
      JsonArray teachers =
          JsonParser.parseString(String.valueOf(file.metadata().get("lora4j_teachers")))
              .getAsJsonArray();
      assertEquals(2, teachers.size());
      assertEquals("ink", teachers.get(0).getAsJsonObject().get("name").getAsString());
      assertEquals(0.5, teachers.get(1).getAsJsonObject().get("weight").getAsDouble());
      assertEquals("glw", teachers.get(1).getAsJsonObject().get("trigger").getAsString());
      String identity = teachers.get(0).getAsJsonObject().get("identity").getAsString();
      assertTrue(Run.of("inspect", ink, Run.BASE).out().contains(identity), identity);
    }
  }

  @Test
  void wordsStandBehindCaptionsWhereThatIsAsked() throws IOException {
    Run run = small("--trigger-last");
    assertEquals(0, run.code(), run.err());
    try (Safetensors file = Safetensors.open(out)) {
      assertEquals("nk, glw", file.metadata().get("modelspec.trigger_phrase"));
      String teachers = String.valueOf(file.metadata().get("lora4j_teachers"));
      assertTrue(teachers.contains("\"trigger_last\":true"), teachers);
    }
    // With words in another place it is another run.
    Run other = small("--resume");
    assertEquals(1, other.code(), other.err());
    assertTrue(other.err().contains("teachers"), other.err());
  }

  @Test
  void studentOfOneTeacherComesNearerToIt() {
    List<Object> words =
        List.of(
            ink, "--prompts=" + prompts, "--samples=6", "--init=fresh", "--steps=40", "--lr=0.015");
    Run run = distill(Stream.concat(words.stream(), Stream.of("--json")).toArray());
    assertEquals(0, run.code(), run.err());
    double first = run.json().get("firstLoss").getAsDouble();
    double last = run.json().get("lastLoss").getAsDouble();
    assertTrue(last < first / 4, first + " to " + last);
    Run same = Run.of("compare", ink, out, Run.BASE, "--json");
    assertEquals(0, same.code(), same.err());
    double cosine = same.json().getAsJsonObject("total").get("cosine").getAsDouble();
    assertTrue(cosine > 0.05, "cosine " + cosine); // that of two strangers is nearly 0
  }

  @Test
  void meanOfOneTeacherIsTheTeacher() {
    Run run = distill(ink, "--prompts=" + prompts, "--samples=2", "--steps=1", "--lr=1e-30");
    assertEquals(0, run.code(), run.err());
    Run same = Run.of("compare", ink, out, Run.BASE, "--json");
    assertTrue(
        same.json().getAsJsonObject("total").get("cosine").getAsDouble() > 0.9999, same.out());
  }

  /** Side by side as they are, so that the sum of both with some weights comes out. */
  @Test
  void weightsOfLorasAreLearnedLayerByLayer() throws IOException {
    Run run = small("--learn=weights", "--lr=0.05", "--dtype=f32", "--json");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.err().contains("a weight for each of them"), run.err());
    assertTrue(run.err().contains("ink is weighed by 0."), run.err());
    assertTrue(run.err().contains("glow is weighed by 0."), run.err());
    long layers = run.json().get("layers").getAsLong();
    assertEquals(2 * layers, run.json().get("trained").getAsLong());
    assertEquals(5, run.json().get("rank").getAsLong());
    byte[] whole = Files.readAllBytes(out);
    try (Safetensors file = Safetensors.open(out)) {
      assertEquals("weights", file.metadata().get("lora4j_learned"));
      assertTrue(file.metadata().containsKey("lora4j_teachers"));
    }
    Run inspected = Run.of("inspect", out, Run.BASE, "--json");
    assertEquals("[5]", inspected.json().getAsJsonObject("ranks").keySet().toString());
    Path mean = folder.resolve("mean.safetensors");
    Run merged = Run.of("merge", ink + ":0.5", glow + ":0.25", "-o", mean, "--dtype=f32");
    assertEquals(0, merged.code(), merged.err());
    Run near = Run.of("compare", mean, out, Run.BASE, "--json");
    double cosine = near.json().getAsJsonObject("total").get("cosine").getAsDouble();
    assertTrue(cosine > 0.8 && cosine < 0.99999, "cosine " + cosine);
    Files.delete(out);
    Run again = small("--learn=weights", "--lr=0.05", "--dtype=f32", "--resume");
    assertEquals(0, again.code(), again.err());
    assertArrayEquals(whole, Files.readAllBytes(out));
    Run factors = small("--lr=0.05", "--dtype=f32", "--resume");
    assertTrue(factors.err().contains("these have changed: "), factors.err());
  }

  @Test
  void picturesThemselvesMayBeTheTarget() throws IOException {
    Run run = small("--learn=weights", "--target=pictures");
    assertEquals(0, run.code(), run.err());
    byte[] pictures = Files.readAllBytes(out);
    try (Safetensors file = Safetensors.open(out)) {
      assertEquals("pictures", file.metadata().get("lora4j_target"));
    }
    Run other = small("--learn=weights", "--resume");
    assertTrue(other.err().contains("these have changed: "), other.err());
    Run predictions = small("--learn=weights", "--overwrite");
    assertEquals(0, predictions.code(), predictions.err());
    assertFalse(Arrays.equals(pictures, Files.readAllBytes(out)));
    Run factors = small("--target=pictures", "--overwrite");
    assertEquals(0, factors.code(), factors.err());
  }

  @Test
  void weightsAreOfLorasAlone() throws IOException {
    for (String option : List.of("--init=merge", "--rank=4", "--alpha=1")) {
      refused("does not go with --learn weights", ink, glow, "--learn=weights", option);
    }
    Path hada = teacher(folder, "hada", 3, "--method=loha");
    refused(
        "hada has loha at ", ink, hada, "--learn=weights", "--prompts=" + prompts, "--samples=1");
    assertFalse(Files.exists(folder.resolve("one.run")), "refused before a picture is drawn");
  }

  @Test
  void stoppedRunResumesToTheSameBits() throws IOException {
    assertEquals(0, small().code());
    byte[] whole = Files.readAllBytes(out);
    List<Path> drawn = pictures(folder.resolve("one.run"));
    byte[] picture = Files.readAllBytes(drawn.get(1));
    Files.delete(drawn.get(1)); // as if it had been killed while it drew
    Files.delete(out);
    Run again = small("--resume");
    assertEquals(0, again.code(), again.err());
    assertTrue(again.err().contains("draws 4 pictures"), again.err());
    assertArrayEquals(picture, Files.readAllBytes(drawn.get(1)));
    assertArrayEquals(whole, Files.readAllBytes(out));

    Files.delete(out);
    Run changed = small("--resume", "--trigger=glow=other");
    assertEquals(1, changed.code(), changed.err());
    assertTrue(changed.err().contains("these have changed: "), changed.err());
    assertTrue(changed.err().contains("teachers"), changed.err());
    assertFalse(Files.exists(out));
  }

  @Test
  void picturesOfAFolderTeachToo() {
    Path other = folder.resolve("pictures");
    Run run =
        distill(
            ink, glow, "--images=ink=" + other, "--prompts=" + prompts, "--samples=2", "--steps=2");
    assertEquals(0, run.code(), run.err());
    assertFalse(run.err().contains("ink draws"), run.err());
    assertTrue(run.err().contains("glow draws 2 pictures"), run.err());
    Run both = distill(ink, glow, "--images=ink=" + other, "--images=glow=" + other, "--overwrite");
    assertNotEquals(0, both.code());
    assertTrue(both.err().contains("each has a folder of its own"), both.err());
  }

  @Test
  void recordedCaptionsArePromptsOfOtherBases() {
    Run run = distill(ink, "--samples=2", "--steps=1");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.err().contains("ink draws 2 pictures"), run.err());
  }

  @Test
  void teachersWithoutWordsOfTheirOwnAreTold() {
    Run run =
        distill(ink, glow, "--trigger=glow=", "--prompts=" + prompts, "--samples=1", "--steps=1");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.err().contains("ink and glow have no word to call them by"), run.err());
  }

  private void refused(String message, Object... words) {
    Run run = distill(words);
    assertNotEquals(0, run.code(), message);
    assertTrue(run.err().contains(message), run.err());
    assertFalse(Files.exists(out));
  }

  @Test
  void wrongRequestsAreRefusedByName() throws IOException {
    refused("ink has the weight 0", ink + ":0", glow);
    Files.createDirectories(folder.resolve("again"));
    Path again = Files.copy(ink, folder.resolve("again/ink.safetensors"));
    refused("Two teachers are called ink", ink, again);
    refused("names no teacher; they are ink, glow", ink, glow, "--trigger=pixel=px");
    refused("--samples must be at least 1", ink, "--samples=0");
    Run same = Run.of("distill", ink, "-o", ink, Run.BASE);
    assertTrue(same.err().contains("is a teacher"), same.err());
    Files.writeString(prompts, "# nothing\n");
    refused("has no prompts", ink, "--prompts=" + prompts);
    refused("--rank: adapter.rank takes a whole number", ink, "--rank=0");
    refused("--dropout must be", ink, "--dropout=1");
  }
}
