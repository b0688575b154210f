package dev.lora4j.cli.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlgebraCommandsTest {
  private static final Path LORA = Run.TINY_SD.resolve("lora-kohya.safetensors");
  private static final Path OTHER = Run.TINY_SD.resolve("lora-kohya-2.safetensors");

  @TempDir private Path folder;

  private static JsonObject done(Run run) {
    assertEquals(0, run.code(), run.err());
    return run.json();
  }

  private static Map<String, String> metadata(Path file) {
    try (Safetensors opened = Safetensors.open(file)) {
      return opened.metadata();
    }
  }

  private static double cosine(Path a, Path b) {
    return done(Run.of("compare", Run.BASE, a, b, "--json"))
        .getAsJsonObject("total")
        .get("cosine")
        .getAsDouble();
  }

  @Test
  void mergeOfOneAdapterIsItself() {
    Path output = folder.resolve("same.safetensors");
    JsonObject merged = done(Run.of("merge", Run.BASE, LORA, "-o", output, "--json"));
    JsonObject part = merged.getAsJsonArray("adapters").get(0).getAsJsonObject();
    assertEquals(part.get("identity").getAsString(), merged.get("identity").getAsString());
    JsonObject total =
        done(Run.of("compare", Run.BASE, LORA, output, "--json")).getAsJsonObject("total");
    assertEquals(1, total.get("cosine").getAsDouble(), 1e-9);
    assertTrue(total.get("distance").getAsDouble() <= 1e-6 * total.get("normA").getAsDouble());
  }

  @Test
  void mergeOrderIsIrrelevantAndPartsAreNamed() {
    Path one = folder.resolve("one.safetensors");
    Path two = folder.resolve("two.safetensors");
    done(Run.of("merge", Run.BASE, LORA + ":0.7", OTHER + ":-0.3", "-o", one, "--json"));
    done(Run.of("merge", Run.BASE, OTHER + ":-0.3", LORA + ":0.7", "-o", two, "--json"));
    assertEquals(1, cosine(one, two), 1e-6);
    assertEquals("lora-kohya, lora-kohya-2", metadata(one).get("modelspec.merged_from"));
    assertEquals("networks.lora", metadata(one).get("ss_network_module"));
  }

  /** Neither half holds the other: one has the digits, the other the range. */
  @Test
  void f16AndBf16AreMergedInF32() {
    Path half = PartOfAdapter.write(LORA, n -> true, DType.F16, folder.resolve("half.safetensors"));
    Path brain =
        PartOfAdapter.write(OTHER, n -> true, DType.BF16, folder.resolve("brain.safetensors"));
    String[] expected = {"F32", "F32", "F16", "BF16"};
    Object[][] files = {{half, brain}, {brain, half}, {half, half}, {brain, brain}};
    for (int i = 0; i < files.length; i++) {
      Path output = folder.resolve(i + ".safetensors");
      JsonObject told =
          done(Run.of("merge", Run.BASE, files[i][0], files[i][1], "-o", output, "--json"));
      assertEquals(expected[i], told.get("precision").getAsString());
    }
  }

  @Test
  void truncatedMergeIsTheNearest() {
    Path exact = folder.resolve("exact.safetensors");
    Path cut = folder.resolve("cut.safetensors");
    done(Run.of("merge", Run.BASE, LORA, OTHER + ":0.5", "-o", exact, "--json"));
    JsonObject report =
        done(
            Run.of(
                "merge",
                Run.BASE,
                LORA,
                OTHER + ":0.5",
                "--mixer=svd",
                "--rank=3",
                "-o",
                cut,
                "--json"));
    double error = report.get("error").getAsDouble();
    assertTrue(error > 0 && error < 1, "" + error);
    assertEquals(Math.sqrt(1 - error * error), cosine(exact, cut), 1e-3);
    report
        .getAsJsonArray("layers")
        .forEach(l -> assertTrue(l.getAsJsonObject().get("rank").getAsInt() <= 3));
    assertEquals("3", metadata(cut).get("ss_network_dim"));
  }

  /** What is cut off would be lost with the only copy. */
  @Test
  void inputsAreNeverOverwritten() throws IOException {
    Path only = Files.copy(LORA, folder.resolve("only.safetensors"));
    for (Run run :
        List.of(
            Run.of("resize", Run.BASE, only, only, "--rank=1"),
            Run.of("merge", Run.BASE, OTHER, only + ":0.5", "-o", only),
            Run.of(
                "convert",
                Run.BASE,
                only,
                folder.resolve("./only.safetensors"),
                "--to=diffusers"))) {
      assertEquals(1, run.code(), run.err());
      assertTrue(
          run.err().contains("only.safetensors is read, and would be written over"), run.err());
    }
    assertEquals(-1, Files.mismatch(LORA, only));
  }

  @Test
  void resizeReportsRankAndError() {
    Path output = folder.resolve("small.safetensors");
    JsonObject report = done(Run.of("resize", Run.BASE, LORA, "-o", output, "--rank=2", "--json"));
    double error = report.get("error").getAsDouble();
    assertEquals(Math.sqrt(1 - error * error), cosine(LORA, output), 1e-3);
    assertTrue(
        String.valueOf(metadata(output).get("ss_training_comment"))
            .startsWith("dimension is resized from 4 to 2; "));
    Path named = folder.resolve("named.safetensors");
    done(Run.of("resize", Run.BASE, LORA, named, "--rank=2", "--json"));
    assertEquals(1, cosine(output, named), 1e-6);
    assertSaid(2, "once", Run.of("resize", LORA, named, "-o", output, "--rank=2"));
    assertSaid(2, "--output", Run.of("resize", LORA, "--rank=2"));
    Path dynamic = folder.resolve("dynamic.safetensors");
    Run table = Run.of("resize", Run.BASE, LORA, "-o", dynamic, "--sv-fro=0.8", "--precision=bf16");
    assertEquals(0, table.code(), table.err());
    assertEquals(blocks(Run.of("compare", Run.BASE, LORA, dynamic)), blocks(table));
    assertTrue(table.out().contains("BF16"), table.out());
    assertEquals("Dynamic", metadata(dynamic).get("ss_network_dim"));
    assertTrue(cosine(LORA, dynamic) >= 0.8);
  }

  /** What the rows of a table are for, from its first to {@code all}. */
  private static List<String> blocks(Run run) {
    return run.out()
        .lines()
        .map(line -> line.strip().replaceFirst(" .*", ""))
        .dropWhile(name -> !name.equals("block"))
        .skip(1)
        .toList();
  }

  @Test
  void aFullRankChangesNothing() {
    Path output = folder.resolve("full.safetensors");
    done(Run.of("resize", Run.BASE, LORA, "-o", output, "--rank=64", "--precision=f32", "--json"));
    JsonObject total =
        done(Run.of("compare", Run.BASE, LORA, output, "--json")).getAsJsonObject("total");
    assertTrue(total.get("distance").getAsDouble() <= 1e-6 * total.get("normA").getAsDouble());
  }

  @Test
  void comparisonsHaveBars() {
    Run run = Run.of("compare", Run.BASE, LORA, LORA);
    assertEquals(0, run.code(), run.err());
    String all = run.out().lines().reduce((a, b) -> b).orElse("");
    assertTrue(all.startsWith("all"), all);
    assertTrue(all.contains(" 1.000 ##########"), all);
    List<String> blocks = blocks(run);
    assertTrue(blocks.indexOf("IN01") >= 0, run.out());
    assertTrue(blocks.indexOf("M00") > blocks.indexOf("IN01"), run.out());
    assertTrue(blocks.indexOf("OUT02") > blocks.indexOf("M00"), run.out());
    assertTrue(
        Run.of("compare", Run.BASE, LORA, OTHER, "--layers").out().contains("unet.mid_block."));
    assertEquals("-0.500 -----", ComparisonBars.bar(-0.5, "%6.3f"));
  }

  @Test
  void mistakesAreReportedBeforeWriting() throws IOException {
    Path output = folder.resolve("out.safetensors");
    assertSaid(2, "--rank", Run.of("resize", Run.BASE, LORA, "-o", output));
    assertSaid(
        2, "exclude", Run.of("resize", Run.BASE, LORA, "-o", output, "--sv-fro=1", "--sv-ratio=2"));
    assertSaid(2, "share", Run.of("resize", Run.BASE, LORA, "-o", output, "--sv-fro=1.5"));
    assertSaid(
        2, "linear", Run.of("merge", Run.BASE, LORA, "-o", output, "--mixer=linear", "--rank=2"));
    assertSaid(2, "--conv-rank", Run.of("merge", Run.BASE, LORA, "-o", output, "--conv-rank=4"));
    assertSaid(2, "extract", Run.of("resize", Run.BASE, LORA, output, "--rank=2", "--conv-rank=0"));
    assertSaid(
        1,
        "is there already",
        Run.of("resize", Run.BASE, LORA, Run.TINY_SD, "--rank=2", "--layout=peft"));
    assertSaid(2, "FILE", Run.of("merge", Run.BASE, "-o", output));
    assertSaid(
        1, "all weights or scales are 0", Run.of("merge", Run.BASE, LORA + ":0", "-o", output));
    assertSaid(2, ".safetensors", Run.of("merge", Run.BASE, LORA, "-o", folder.resolve("a.bin")));
    assertSaid(
        1,
        "Did you mean",
        Run.of("compare", Run.BASE, LORA, LORA.resolveSibling("lora-koya.safetensors")));
    try (Stream<Path> left = Files.list(folder)) {
      assertFalse(left.findAny().isPresent());
    }
  }

  private static void assertSaid(int code, String told, Run run) {
    assertEquals(code, run.code(), run.err());
    assertTrue(run.err().contains(told), run.err());
  }
}
