package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.cli.Run;
import dev.lora4j.core.safetensors.Safetensors;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An adapter learns from pairs, given or drawn and judged. */
@Tag("slow")
class AlignTest {
  @TempDir private Path folder;

  private Path pairs() throws IOException {
    Path pairs = folder.resolve("pairs");
    for (int i = 0; i < 6; i++) {
      picture(pairs.resolve("better/p" + i + ".png"), 0x2030c0 + 0x110000 * i);
      picture(pairs.resolve("worse/p" + i + ".png"), 0xc03020 + 0x11 * i);
      Files.writeString(pairs.resolve("better/p" + i + ".txt"), "thing " + i);
    }
    return pairs;
  }

  private static void picture(Path file, int rgb) throws IOException {
    BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 32 * 32; i++) {
      image.setRGB(i % 32, i / 32, i % 32 > i / 32 ? rgb : 0xffffff);
    }
    Files.createDirectories(file.resolveSibling("."));
    ImageIO.write(image, "png", file.toFile());
  }

  private static Run align(Object... words) {
    List<Object> all =
        new ArrayList<>(
            List.of(
                "align",
                Run.BASE,
                "--batch=2",
                "--rank=2",
                "--preview=a fox",
                "--validate-every=4",
                "--held-out=0.34"));
    all.addAll(List.of(words));
    return Run.of(all.toArray());
  }

  @Test
  void whatIsPreferredIsLearnedAndMeasured() throws IOException {
    Path out = folder.resolve("liked.safetensors");
    Run run = align(pairs(), "-o", out, "--steps=12", "--beta=500", "--lr=2e-3", "--json");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.err().contains("4 pairs; 2 held out."), run.err());
    assertTrue(run.err().contains("sigmoid, beta 500, on "), run.err());
    JsonObject told = run.json();
    String accuracy = "rewards/accuracies";
    assertEquals(0.5, told.getAsJsonObject("untrained").get(accuracy).getAsDouble());
    assertEquals(1.0, told.getAsJsonObject("heldOut").get(accuracy).getAsDouble(), told.toString());
    assertEquals(Math.log(2), told.get("firstLoss").getAsDouble(), 0.2);
    Path kept = folder.resolve("liked.run");
    String measures = Files.readString(kept.resolve("measures.csv"));
    assertTrue(measures.contains(accuracy) && measures.contains("rewards/margins"), measures);
    try (Safetensors file = Safetensors.open(out)) {
      JsonObject entry =
          JsonParser.parseString(String.valueOf(file.metadata().get(AlignCommand.ENTRY)))
              .getAsJsonObject();
      assertEquals("sigmoid", entry.get("loss").getAsString());
      assertEquals(500, entry.get("beta").getAsDouble());
      assertEquals("base", entry.get("reference").getAsString());
    }
  }

  @Test
  void finishedAdapterIsTrainedFurtherAndPeopleAreTold() throws IOException {
    Path first = folder.resolve("first.safetensors");
    assertEquals(0, align(pairs(), "-o", first, "--steps=2", "--dtype=f32").code());
    Path out = folder.resolve("further.safetensors");
    Run run =
        Run.of(
            "align",
            folder.resolve("pairs"),
            Run.BASE,
            "--compute=bf16",
            "--from",
            first,
            "-o",
            out,
            "--steps=6",
            "--loss=hinge",
            "--beta=500",
            "--preview=a fox",
            "--keep-best",
            "--held-out=0.34");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.err().contains("The reference is the base with " + first), run.err());
    assertTrue(
        run.out().contains("held out  the better picture has the greater reward in "), run.out());
    assertTrue(run.err().contains("Taken are the factors of step "), run.err());
    assertTrue(run.err().contains("--compute f32 is exact enough"), run.err());
    try (Safetensors file = Safetensors.open(out)) {
      assertEquals("2", file.metadata().get("ss_network_dim"));
      assertFalse(
          String.valueOf(file.metadata().get(AlignCommand.ENTRY))
              .contains("\"reference\":\"base\""));
    }
  }

  @Test
  void runGoesOnToTheSameBitsAndWithNothingElse() throws IOException {
    Path pairs = pairs();
    Path whole = folder.resolve("whole.safetensors");
    assertEquals(0, align(pairs, "-o", whole, "--steps=4").code());
    Path again = folder.resolve("again.safetensors");
    assertEquals(0, align(pairs, "-o", again, "--steps=4").code());
    Run refused = align(pairs, "-o", again, "--steps=4");
    assertEquals(1, refused.code());
    assertTrue(refused.err().contains("--from " + again), refused.err());
    Run resumed = align(pairs, "-o", again, "--steps=4", "--resume");
    assertEquals(0, resumed.code(), resumed.err());
    assertTrue(resumed.err().contains("Going on after step 4."), resumed.err());
    Run other = align(pairs, "-o", again, "--steps=4", "--resume", "--beta=7");
    assertEquals(1, other.code());
    assertTrue(other.err().contains("loss and beta"), other.err());
    picture(pairs.resolve("worse/p0.png"), 0x00ff00);
    Run changed = align(pairs, "-o", again, "--steps=4", "--resume");
    assertEquals(1, changed.code());
    assertTrue(changed.err().contains("worse pictures"), changed.err());
    assertArrayEquals(factors(whole), factors(again));
  }

  /** The factors; names of files are in the header. */
  private static byte[] factors(Path file) {
    try (Safetensors opened = Safetensors.open(file)) {
      return opened.bytes(opened.tensors().keySet().iterator().next());
    }
  }

  @Test
  void wrongPairsAreNamedBeforeAnythingIsWritten() throws IOException {
    Path pairs = pairs();
    Path list = folder.resolve("pairs/list.jsonl");
    Files.writeString(
        list,
        """
        {"prompt": "a", "better": "better/p0.png", "worse": "worse/p0.png"}
        {"prompt": "a", "better": "better/p0.png", "worse": "better/p0.png"}
        {"prompt": "a", "better": "better/p0.png"}
        """);
    Path out = folder.resolve("liked.safetensors");
    Run run = align(list, "-o", out);
    assertEquals(1, run.code());
    assertTrue(run.err().contains("2 things have to be put right first"), run.err());
    assertTrue(run.err().contains("line 2 has the same picture"), run.err());
    assertTrue(run.err().contains("line 3 lacks \"worse\""), run.err());
    assertFalse(Files.exists(folder.resolve("liked.run")));
    Run none = align("-o", out);
    assertEquals(2, none.code());
    assertTrue(none.err().contains("or let --judge make some"), none.err());
    assertEquals(2, align(pairs, "-o", out, "--judge=ink").code());
    assertEquals(2, align(pairs, "-o", out, "--samples=3").code());
    assertEquals(2, align(pairs, "-o", out, "--held-out=1").code());
    assertEquals(2, align(pairs, "-o", out, "--beta=0").code());
    Run unseen = Run.of("align", pairs, Run.BASE, "-o", out, "--held-out=0", "--keep-best");
    assertEquals(2, unseen.code());
    assertTrue(unseen.err().contains("--keep-best does nothing without pairs"), unseen.err());
    assertEquals(2, align("--judge=ink", "--per-prompt=1", "-o", out).code());
    assertEquals(2, align("--judge=ink", "--samples=100000", "-o", out).code());
    Path prompts = folder.resolve("prompts.txt");
    Files.writeString(prompts, "fox, ink\na thing of no name\n");
    Run unknown = align("--judge=concept", "--prompts=" + prompts, "-o", out);
    assertEquals(1, unknown.code());
    assertTrue(unknown.err().contains("a thing of no name"), unknown.err());
  }

  @Test
  void judgesMakePairsOfWhatIsDrawn() throws IOException {
    Path out = folder.resolve("judged.safetensors");
    Path prompts = folder.resolve("prompts.txt");
    Files.writeString(prompts, "fox\na rocket, ink\ncactus\n");
    List<Object> words =
        List.of(
            "--judge=ink",
            "--judge=concept",
            "--prompts=" + prompts,
            "--per-prompt=3",
            "-o",
            out,
            "--steps=2");
    Run run = align(words.toArray());
    assertEquals(0, run.code(), run.err());
    assertTrue(run.err().contains("Draws 9 pictures to be judged"), run.err());
    Path made;
    try (Stream<Path> all = Files.list(folder.resolve("judged.run"))) {
      made = all.filter(p -> p.toString().contains("pairs-")).findFirst().orElseThrow();
    }
    List<String> lines = Files.readAllLines(made.resolve(JudgedPairs.LIST));
    assertEquals(3, lines.size());
    for (String line : lines) {
      JsonObject pair = JsonParser.parseString(line).getAsJsonObject();
      assertTrue(
          pair.get("better_score").getAsDouble() > pair.get("worse_score").getAsDouble(), line);
      byte[] better = Files.readAllBytes(made.resolve(pair.get("better").getAsString()));
      byte[] worse = Files.readAllBytes(made.resolve(pair.get("worse").getAsString()));
      assertNotEquals(List.of(better.length), List.of(0));
      assertFalse(java.util.Arrays.equals(better, worse));
    }
    Run again = align(Stream.concat(words.stream(), Stream.of("--resume")).toArray());
    assertEquals(0, again.code(), again.err());
    assertFalse(again.err().contains("Draws"), again.err());
    // The folder is one of pairs too.
    Run reused =
        Run.of(
            "align",
            made,
            Run.BASE,
            "-o",
            folder.resolve("other.safetensors"),
            "--steps=1",
            "--preview=a fox",
            "--held-out=0.34");
    assertTrue(reused.err().contains("computing in F32"), reused.err());
    assertEquals(0, reused.code(), reused.err());
    assertTrue(reused.err().contains("2 pairs; 1 held out."), reused.err());
  }
}
