package dev.lora4j.cli.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Run files of trainings on texts. */
class TextRunFileTest {
  private static final String TEXTS = "The captain went down.\nThe whale spoke of the sea.\n";
  private static final String PAIR =
      "{\"prompt\": \"The captain\", \"chosen\": \" went down.\", \"rejected\": \" spoke.\"}\n";

  @TempDir private Path folder;

  @BeforeEach
  void texts() throws IOException {
    Files.writeString(folder.resolve("texts.txt"), TEXTS.repeat(4));
    Files.writeString(folder.resolve("pairs.jsonl"), PAIR.repeat(4));
  }

  private Path file(String text) throws IOException {
    Path place = Files.createDirectories(folder.resolve("runs"));
    return Files.writeString(place.resolve("run.toml"), text);
  }

  private static Run done(Object... words) {
    Run run = Run.of(words);
    assertEquals(0, run.code(), run.err());
    return run;
  }

  private static byte[] bytes(Path adapter) throws IOException {
    return Files.readAllBytes(adapter.resolve("adapter_model.safetensors"));
  }

  /** Paths of a file count from where it is, whatever the current folder is. */
  @Test
  void fileTrainsWhatItsOptionsTrain() throws IOException {
    Path run =
        file(
            """
            data = "../texts.txt"
            output = "../by-file/one"
            rank = 4
            steps = 2
            lr_scheduler = "linear"
            lr = 0.002
            batch = 2
            max-length = 32
            pack = true
            keep-best = false
            targets = ["q_proj", "v_proj"]
            """);
    done("text", "train", run);
    Path other = folder.resolve("by-options/one");
    done(
        "text",
        "train",
        "--data=" + folder.resolve("texts.txt"),
        "-o",
        other,
        "--rank=4",
        "--steps=2",
        "--lr-scheduler=linear",
        "--lr=0.002",
        "--batch=2",
        "--max-length=32",
        "--pack",
        "--targets=q_proj,v_proj");
    Path one = folder.resolve("by-file/one");
    assertArrayEquals(bytes(other), bytes(one));
  }

  @Test
  void whatElseIsSaidWins() throws IOException {
    Path run = file("data = \"../texts.txt\"\noutput = \"one\"\nrank = 4\nepochs = 2\nlr = 9\n");
    Path two = folder.resolve("two");
    done("text", "train", "--config", run, "-o", two, "--steps=1", "--rate", "1e-3", "--batch=2");
    assertFalse(Files.exists(folder.resolve("runs/one")));
    String kept = Files.readString(folder.resolve("two.run/run.toml"));
    assertTrue(kept.contains("\nlr = 0.001\n"), kept);
    assertTrue(kept.contains("\nsteps = 1\n"), kept);
    assertTrue(kept.contains("\nrank = 4\n"), kept);
    // Nobody said it in the end, and it would not go with --steps.
    assertTrue(kept.indexOf("epochs = 3.0") > kept.indexOf("[defaults]"), kept);
  }

  @Test
  void keptFileGivesTheSameRunAgainAndIsKeptWhenOneGoesOn() throws IOException {
    Path one = folder.resolve("one");
    Path data = folder.resolve("texts.txt");
    done("text", "train", "--data", data, "-o", one, "--rank=4", "--steps=2", "--batch=2");
    byte[] first = bytes(one);
    Path kept = folder.resolve("one.run/run.toml");
    String before = Files.readString(kept);
    Path copy = Files.copy(kept, folder.resolve("copy.toml"));
    Files.move(one, folder.resolve("first"));
    Files.delete(kept);
    done("text", "train", copy, "--overwrite");
    assertArrayEquals(first, bytes(one));
    assertEquals(before, Files.readString(kept));
    Files.move(one, folder.resolve("second"));
    Files.delete(kept);
    done("text", "train", copy, "--resume");
    assertArrayEquals(first, bytes(one));
    assertEquals(before, Files.readString(kept));
  }

  /** Adapters and judges count from where the file is too, behind whichever word they stand. */
  @Test
  void pathsBehindNamesCountFromTheFile() throws IOException {
    Path run =
        file(
            """
            method = "distill"
            data = "../prompts.jsonl"
            output = "../student"
            teacher-lora = ["../judges/far:0.5"]
            """);
    Files.writeString(folder.resolve("prompts.jsonl"), "{\"prompt\": \"The captain\"}\n".repeat(3));
    String teacher = Run.of("text", "align", run).err();
    assertTrue(teacher.contains(Path.of("judges", "far").toString()), teacher);
    assertTrue(teacher.contains(folder.toString()), teacher);
    Path rewarded =
        file(
            """
            method = "grpo"
            data = "../prompts.jsonl"
            output = "../better"
            reward = ["ended", "model:path=../judges/near,base=../bases/small"]
            """);
    String judge = Run.of("text", "align", rewarded).err();
    assertTrue(judge.contains(folder.toString()), judge);
    assertTrue(judge.contains("near") || judge.contains("small"), judge);
  }

  @Test
  void methodOfAlignmentIsAKeyToo() throws IOException {
    Path run =
        file(
            """
            method = "dpo"
            adapter-method = "lora"
            loss = ["sigmoid", "sft:weight=0.2"]
            data = "../pairs.jsonl"
            output = "../better"
            rank = 4
            steps = 1
            batch = 2
            held-out = 0
            """);
    done("text", "align", run);
    Path better = folder.resolve("better");
    byte[] first = bytes(better);
    Path copy = Files.copy(folder.resolve("better.run/run.toml"), folder.resolve("copy.toml"));
    Files.move(better, folder.resolve("first"));
    done("text", "align", copy, "--overwrite");
    assertArrayEquals(first, bytes(better));
    Run simpo = Run.of("text", "align", "simpo", copy, "--overwrite");
    assertEquals(2, simpo.code());
    assertTrue(simpo.err().contains("simpo has no reference"), simpo.err());
  }

  @Test
  void allMistakesAreReportedTogetherWithTheirLines() throws IOException {
    Path run =
        file(
            """
            data = "../texts.txt"
            rnak = 4
            steps = "many"
            pack = 1
            compute = "f17"
            output = ["a"]
            lr = true
            batch = 3000000000
            resume = true
            lr_scheduler = "linear"
            lr-scheduler = "cosine"
            [optimizer]
            name = "adamw"
            """);
    Run wrong = Run.of("text", "train", run);
    assertEquals(1, wrong.code());
    List<String> lines =
        List.of(
            "run.toml, line 2: there is no key rnak; did you mean rank",
            "run.toml, line 3: steps takes a whole number, found \"many\".",
            "run.toml, line 4: pack takes true or false, found 1.",
            "run.toml, line 5: compute takes one of f32, bf16, auto, found \"f17\".",
            "run.toml, line 6: output takes a path, found [a].",
            "run.toml, line 7: lr takes a number, found true.",
            "run.toml, line 8: batch takes a whole number, found 3000000000.",
            "run.toml, line 9: resume is no setting of a run; say --resume on the command line.",
            "run.toml, line 11: lr-scheduler is said twice; say it once.",
            "run.toml, line 12: optimizer takes a text, found ");
    for (String line : lines) {
      assertTrue(wrong.err().contains(line), line + "\n" + wrong.err());
    }
    assertTrue(wrong.err().contains("10 problems:"), wrong.err());
  }

  @Test
  void whatDoesNotGoTogetherIsRefusedAsOptionsAre() throws IOException {
    Path run =
        file("method = \"dpo\"\nreward = [\"exact\"]\ndata = \"../pairs.jsonl\"\noutput = \"x\"\n");
    Run refused = Run.of("text", "align", run);
    assertEquals(2, refused.code());
    assertTrue(refused.err().contains("--reward does not go with dpo"), refused.err());
    Run none = Run.of("text", "align", file("data = \"../pairs.jsonl\"\noutput = \"x\"\n"));
    assertEquals(2, none.code());
    assertTrue(none.err().contains("METHOD"), none.err());
    Run two = Run.of("text", "train", run, "--config=" + run);
    assertTrue(two.err().contains("A run has one file of settings"), two.err());
    Run missing = Run.of("text", "train", folder.resolve("none.toml"));
    assertTrue(missing.err().contains("There is no file"), missing.err());
    assertEquals(0, Run.of("text", "train", run, "--help").code());
  }
}
