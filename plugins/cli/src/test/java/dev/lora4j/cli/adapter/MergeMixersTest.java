package dev.lora4j.cli.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import dev.lora4j.core.safetensors.Safetensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MergeMixersTest {
  private static final Path LORA = Run.TINY_SD.resolve("lora-kohya.safetensors");
  private static final Path OTHER = Run.TINY_SD.resolve("lora-kohya-2.safetensors");

  @TempDir private Path folder;

  private static Run merge(Path output, String... more) {
    Object[] all = new Object[6 + more.length];
    Object[] first = {"merge", Run.BASE, LORA + ":0.7", OTHER + ":0.5", "-o", output};
    System.arraycopy(first, 0, all, 0, first.length);
    System.arraycopy(more, 0, all, first.length, more.length);
    return Run.of(all);
  }

  private static JsonObject done(Run run) {
    assertEquals(0, run.code(), run.err());
    return run.json();
  }

  private static void refused(int code, String told, Run run) {
    assertEquals(code, run.code(), run.err());
    assertTrue(run.err().contains(told), run.err());
  }

  @Test
  void mixedAdapterIsTruncatedAndRetentionReported() {
    Path output = folder.resolve("ties.safetensors");
    JsonObject told = done(merge(output, "--mixer=ties:density=0.3", "--json"));
    String how = "ties:density=0.3,trim=model,election=sum,divide=count,of=change,lambda=1";
    assertEquals(how, told.get("mixer").getAsString());
    double kept = told.get("kept").getAsDouble();
    assertTrue(kept > 0.5 && kept < 1, told.toString());
    JsonObject few =
        done(
            merge(
                folder.resolve("few.safetensors"),
                "--mixer=ties:density=0.3",
                "--rank=1",
                "--json"));
    assertTrue(few.get("kept").getAsDouble() < kept, few.toString());
    try (Safetensors opened = Safetensors.open(output)) {
      Map<String, String> metadata = opened.metadata();
      assertEquals(
          "mixed by " + how + "; weights 0.7, 0.5; seed 0", metadata.get("ss_training_comment"));
      assertEquals("lora-kohya, lora-kohya-2", metadata.get("modelspec.merged_from"));
    }
  }

  @Test
  void fullOptionTruncatesNothing() {
    Path output = folder.resolve("full.safetensors");
    JsonObject told = done(merge(output, "--mixer=ties", "--full", "--json"));
    assertFalse(told.has("kept"), told.toString());
    try (Safetensors opened = Safetensors.open(output)) {
      assertTrue(opened.tensors().keySet().stream().anyMatch(n -> n.endsWith(".diff")));
    }
    // Through the file, and cut to all directions there are, it is what it is when cut at once.
    Path cut = folder.resolve("cut.safetensors");
    done(merge(cut, "--mixer=ties", "--rank=1000", "--precision=f32", "--json"));
    JsonObject total =
        done(Run.of("compare", Run.BASE, output, cut, "--json")).getAsJsonObject("total");
    assertEquals(1, total.get("cosine").getAsDouble(), 1e-5);
  }

  /**
   * A mixer that says what adapters weigh makes one adapter where steps and places do not count.
   */
  @Test
  void weightMixersMakeOneAdapter() {
    Path lbw = folder.resolve("lbw.safetensors");
    Path options = folder.resolve("options.safetensors");
    String blocks = "lora-kohya=IN:0,M:0.5 lora-kohya-2=OUT:0";
    JsonObject told = done(merge(lbw, "--mixer=lbw:blocks=" + blocks, "--json"));
    assertEquals("lbw:blocks=" + blocks + ",list=0", told.get("mixer").getAsString());
    JsonObject same =
        done(
            merge(
                options,
                "--blocks=lora-kohya=IN:0,M:0.5",
                "--blocks=lora-kohya-2=OUT:0",
                "--json"));
    assertEquals(told.get("identity"), same.get("identity"));
    JsonObject plain = done(merge(folder.resolve("plain.safetensors"), "--json"));
    assertFalse(told.get("identity").equals(plain.get("identity")));
    JsonObject cut =
        done(
            merge(
                folder.resolve("cut.safetensors"),
                "--mixer=lbw:blocks=" + blocks,
                "--rank=1",
                "--json"));
    assertTrue(cut.get("kept").getAsDouble() < 1, cut.toString());
    // One adapter has no turns to take.
    Path one = folder.resolve("one.safetensors");
    done(Run.of("merge", Run.BASE, LORA, "--mixer=switch", "-o", one, "--json"));
  }

  @Test
  void stepAndRegionMixersAreRefusedByName() {
    Path output = folder.resolve("none.safetensors");
    refused(
        1,
        "the mixer switch does while a picture is made: lora-kohya weighs more in some steps",
        merge(output, "--mixer=switch"));
    refused(
        1,
        "lora-kohya-2 counts within right alone",
        merge(output, "--mixer=regions:areas=left right"));
    refused(
        2,
        "the mixer composite blends what the denoiser gives",
        merge(output, "--mixer=composite"));
    refused(2, "--blocks is for ink, but", merge(output, "--blocks=ink=IN:0"));
    assertFalse(Files.exists(output));
  }

  @Test
  void metadataRecordsTheWeights() {
    Path output = folder.resolve("sum.safetensors");
    done(merge(output, "--lora-te=lora-kohya-2=0.2", "--blocks=lora-kohya=IN:0", "--json"));
    try (Safetensors opened = Safetensors.open(output)) {
      assertEquals(
          "mixed by linear; weights 0.7 (blocks IN:0), 0.5 (text 0.2); seed 0",
          opened.metadata().get("ss_training_comment"));
    }
  }

  @Test
  void aMixersOwnRankIsNotSetAside() {
    Path output = folder.resolve("none.safetensors");
    refused(
        2,
        "svd:rank=2,scaling=once says how many",
        merge(output, "--mixer=svd:rank=2", "--rank=4"));
    refused(2, "says how many", merge(output, "--mixer=svd:rank=2", "--sv-fro=0.9"));
    refused(2, "the mixer svd cuts, and --full", merge(output, "--mixer=svd", "--full"));
    assertFalse(Files.exists(output));
    done(merge(output, "--mixer=svd:rank=2", "--conv-rank=1", "--json"));
  }

  @Test
  void seedDecidesTheMergedAdapter() {
    String[] seeds = {"--seed=1", "--seed=1", "--seed=2"};
    String[] identities = new String[3];
    for (int i = 0; i < 3; i++) {
      Path output = folder.resolve(i + ".safetensors");
      JsonObject told = done(merge(output, "--mixer=dare-linear", seeds[i], "--json"));
      identities[i] = told.get("identity").getAsString();
    }
    assertEquals(identities[0], identities[1]);
    assertFalse(identities[0].equals(identities[2]));
  }

  @Test
  void invalidMergeOptionsAreRefusedBeforeReading() {
    Path output = folder.resolve("none.safetensors");
    refused(2, "There is no Mixer 'tise'. Did you mean ties?", merge(output, "--mixer=tise"));
    refused(
        2, "has no setting densty, did you mean density?", merge(output, "--mixer=ties:densty=1"));
    refused(2, "density takes a number", merge(output, "--mixer=ties:density=many"));
    refused(2, "--full", merge(output, "--mixer=ties", "--full", "--rank=4"));
    assertFalse(Files.exists(output));
  }

  @Test
  void theHelpListsTheMixersWithTheirSettings() {
    Run help = Run.of("merge", "--help");
    assertEquals(0, help.code());
    for (String part : new String[] {"  ties: ", "  linear: ", "density", "(default: 0.2)"}) {
      assertTrue(help.out().contains(part), help.out());
    }
    // Mixers of pictures make no adapter.
    assertFalse(help.out().contains("  switch: "), help.out());
    assertTrue(Run.of("plugins", "list").out().contains("Mixer: WeightMixer"));
    assertTrue(Run.of("plugins", "show", "ties").out().contains("of the kind DeltaMixer"));
  }
}
