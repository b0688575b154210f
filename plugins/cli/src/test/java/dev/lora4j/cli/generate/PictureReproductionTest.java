package dev.lora4j.cli.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.diffusion.record.PngFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures say how they were made, and can be made again from that. */
class PictureReproductionTest {
  private static final String F32 = "--compute=f32";

  @TempDir private Path folder;
  private Path first;

  @BeforeEach
  void anAdapterInTheFolder() throws IOException {
    Files.copy(Run.TINY_SD.resolve("lora-kohya.safetensors"), folder.resolve("ink.safetensors"));
    first = folder.resolve("first.png");
  }

  private Run make(Object... more) {
    Object[] all = new Object[more.length + 8];
    Object[] begin = {
      "generate",
      "a <lora:ink:0.6>(fox:1.2)",
      "--steps=3",
      "--seed=5",
      "--sampler=euler-a",
      "--lora-dir=" + folder,
      Run.BASE,
      F32
    };
    System.arraycopy(begin, 0, all, 0, begin.length);
    System.arraycopy(more, 0, all, begin.length, more.length);
    return Run.of(all);
  }

  @Test
  void theSamePictureBitForBit() throws IOException {
    Run made = make("-o", first, "--schedule=trailing", "--blocks", "ink=IN:0.5,OUT00:0");
    assertEquals(0, made.code(), made.err());
    assertTrue(
        made.out().contains("ink weight 0.6, by blocks IN:0.5,OUT00:0, identity"), made.out());
    String parameters = PngFile.texts(first).get(PngFile.PARAMETERS);
    assertTrue(parameters.startsWith("a (fox:1.2) <lora:ink:0.6>\nSteps: 3"), parameters);
    assertTrue(parameters.contains("Size: 32x32, Model hash: "), parameters);

    Path again = folder.resolve("again.png");
    Run repeated = Run.of("generate", "--from", first, "-o", again, Run.BASE);
    assertEquals(0, repeated.code(), repeated.err());
    assertTrue(repeated.out().contains("bit for bit"), repeated.out());
    assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(again));
    Run elsewhere = Run.of("generate", "--from", first, "-o", again, Run.BASE, "--compute=bf16");
    assertTrue(elsewhere.out().contains("pixels differ"), elsewhere.out());
    assertTrue(elsewhere.out().contains("F32 then, BF16 now"), elsewhere.out());
  }

  /** The picture is compared with the one that was there, and that is still there afterwards. */
  @Test
  void inputsAreNeverOverwritten() throws IOException {
    assertEquals(0, make("-o", first).code());
    byte[] bytes = Files.readAllBytes(first);
    Path link = Files.createLink(folder.resolve("link.png"), first);
    for (Path same : new Path[] {first, folder.resolve("x/../first.png"), link}) {
      Files.createDirectories(folder.resolve("x"));
      Run run = Run.of("generate", "--from", first, "-o", same, Run.BASE);
      assertEquals(1, run.code(), run.err());
      assertTrue(run.err().contains("is the picture to be made again"), run.err());
    }
    assertEquals(Path.of("out-again.png"), PictureReproduction.output(Path.of("x/out.png")));
    Path second = Files.copy(first, folder.resolve("other-2.png"));
    Run start = make("--image", second, "--count=2", "-o", folder.resolve("other.png"));
    assertEquals(1, start.code(), start.err());
    assertTrue(start.err().contains("other-2.png is the picture to begin with"), start.err());
    Run mask = make("--image", first, "--mask", second, "-o", second);
    assertTrue(mask.err().contains("is the mask"), mask.err());
    Run region = make("--region=ink=" + second, "-o", second);
    assertTrue(region.err().contains("is the region of ink"), region.err());
    assertArrayEquals(bytes, Files.readAllBytes(first));
    assertArrayEquals(bytes, Files.readAllBytes(second));
  }

  /** What is given of adapters and would not count is refused, and the picture's own is not. */
  @Test
  void reproductionUsesTheRecordedAdaptersAndWeights() throws IOException {
    assertEquals(0, make("-o", first).code());
    Path ink = folder.resolve("ink.safetensors");
    Path other = Run.TINY_SD.resolve("lora-kohya-2.safetensors");
    Path again = folder.resolve("again.png");
    Object[] from = {"generate", "--from", first, "-o", again, Run.BASE, "", ""};
    String[][] refused = {
      {"--lora=" + ink + ":0.3", "", "has the weight 0.6"},
      {"--lora=" + ink, "--lora=" + other, "took no part"},
      {"--lora=" + ink, "--region=ink=" + first, "no region of ink"}
    };
    for (String[] one : refused) {
      from[6] = one[0];
      from[7] = one[1].isEmpty() ? "--json" : one[1];
      Run run = Run.of(from);
      assertEquals(1, run.code(), run.err());
      assertTrue(run.err().contains(one[2]), run.err());
      assertFalse(Files.exists(again));
    }
    from[6] = "--lora=" + ink + ":0.6";
    from[7] = "--json";
    assertTrue(Run.of(from).out().contains("bit for bit"));
  }

  /** Each of a batch is repeated from its own file alone, with adapters that go their own ways. */
  @Test
  void picturesOfABatchBitForBit() throws IOException {
    Run made =
        Run.of(
            "generate",
            "a <lora:ink:0.6>fox",
            "a cat <lora:ink:0.2:0.9> BREAK in the snow",
            "a dog",
            "--count=2",
            "--batch=4",
            "--steps=3",
            "--seed=5",
            "--sampler=euler-a",
            "--lora=" + Run.TINY_SD.resolve("lora-kohya-2.safetensors") + ":0@0,0.5@1",
            "--lora-te=lora-kohya-2=0.25",
            "--lora-dir=" + folder,
            "--json",
            "-o",
            first,
            Run.BASE,
            F32);
    assertEquals(0, made.code(), made.err());
    assertEquals(6, made.json().getAsJsonArray("pictures").size());
    String adapters = made.json().get("adapters").toString();
    assertTrue(adapters.contains("\"curve\":\"0@0,0.5@1\",\"text\":0.25"), adapters);
    assertTrue(made.out().contains("2 groups"), made.out());
    for (String picture : new String[] {"first-2.png", "first-3.png", "first-6.png"}) {
      Path file = folder.resolve(picture);
      Path again = folder.resolve("again.png");
      Run repeated =
          Run.of(
              "generate",
              "--from",
              file,
              "-o",
              again,
              Run.BASE,
              "--lora=" + Run.TINY_SD.resolve("lora-kohya-2.safetensors"));
      assertEquals(0, repeated.code(), repeated.err());
      assertTrue(repeated.out().contains("bit for bit"), picture + repeated.out());
      assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(again));
      assertTrue(repeated.err().contains("others at once"), repeated.err());
    }
  }

  @Test
  void theRouteIsRepeatedAndCanBeChosen() throws IOException {
    for (String route : new String[] {"patched", "beside"}) {
      assertEquals(0, make("-o", first, "--route=" + route).code());
      assertTrue(PngFile.texts(first).get("lora4j").contains("\"route\":\"" + route + "\""));
      Path again = folder.resolve("again.png");
      Run repeated = Run.of("generate", "--from", first, "-o", again, Run.BASE);
      assertTrue(repeated.out().contains("bit for bit"), repeated.out());
      assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(again));
    }
  }

  @Test
  void reproductionNeedsTheInitImage() throws IOException {
    Path start = Run.pictures(folder.resolve("pictures")).resolve("ball-0.png");
    Run made = make("-o", first, "--image", start, "--strength=0.7");
    assertEquals(0, made.code(), made.err());
    Path again = folder.resolve("again.png");
    Run without = Run.of("generate", "--from", first, "-o", again, Run.BASE);
    assertEquals(1, without.code());
    assertTrue(without.err().contains("--image"), without.err());
    Run with = Run.of("generate", "--from", first, "-o", again, Run.BASE, "--image", start);
    Run weaker =
        Run.of(
            "generate", "--from", first, "-o", again, Run.BASE, "--image", start, "--strength=0.9");
    assertTrue(weaker.out().contains("the strength is another"), weaker.out());
    assertTrue(with.out().contains("bit for bit"), with.out() + with.err());
  }

  @Test
  void anotherAdapterOfSameNameIsNotUsed() throws IOException {
    assertEquals(0, make("-o", first).code());
    Path ink = folder.resolve("ink.safetensors");
    Files.delete(ink);
    Path again = folder.resolve("again.png");
    Run none = Run.of("generate", "--from", first, "-o", again, Run.BASE);
    assertEquals(1, none.code());
    assertTrue(none.err().contains("ink") && none.err().contains("--lora-dir"), none.err());
    Files.copy(Run.TINY_SD.resolve("lora-kohya-2.safetensors"), ink);
    Run other = Run.of("generate", "--from", first, "-o", again, Run.BASE);
    assertEquals(1, other.code());
    assertTrue(other.err().contains("is another adapter"), other.err());
    assertFalse(Files.exists(again));
    Run named =
        Run.of(
            "generate",
            "--from",
            first,
            "-o",
            again,
            Run.BASE,
            "--lora",
            Run.TINY_SD.resolve("lora-kohya.safetensors"));
    assertTrue(named.out().contains("bit for bit"), named.out() + named.err());
  }

  /** What is odd about an adapter is said whoever named it. */
  @Test
  void adaptersFoundByTagWarnToo() throws IOException {
    Path ink = folder.resolve("ink.safetensors");
    SafetensorsWriter writer = new SafetensorsWriter();
    try (Safetensors whole = Safetensors.open(ink)) {
      whole
          .tensors()
          .values()
          .forEach(t -> writer.add(t.name(), t.dtype(), t.shape(), whole.bytes(t.name())));
      TensorInfo one = whole.tensors().values().iterator().next();
      writer.add(
          "bundle_emb.word.string_to_param.*", one.dtype(), one.shape(), whole.bytes(one.name()));
    }
    writer.write(ink);
    Run made = make("-o", first);
    assertEquals(0, made.code(), made.err());
    assertTrue(made.err().contains("bundled embeddings"), made.err());
    Path again = folder.resolve("again.png");
    Run repeated = Run.of("generate", "--from", first, "-o", again, Run.BASE);
    assertTrue(repeated.out().contains("bit for bit"), repeated.out() + repeated.err());
    assertTrue(repeated.err().contains("bundled embeddings"), repeated.err());
  }

  @Test
  void tagsNameOnlyAdaptersOfTheFolder() {
    for (String tag : new String[] {"ikn", "../ink", "/etc/passwd", "ink.safetensors"}) {
      Run run =
          Run.of(
              "generate",
              "a <lora:" + tag + ":1> fox",
              "-o",
              first,
              "--lora-dir=" + folder,
              Run.BASE,
              F32);
      assertEquals(1, run.code());
      assertTrue(run.err().contains("has no adapter " + tag), run.err());
      boolean near = !tag.contains("/");
      assertEquals(near, run.err().contains("nearest: ink"), run.err());
    }
    Run noNumber =
        Run.of(
            "generate",
            "a <lora:ink:much> fox",
            "-o",
            first,
            "--lora-dir=" + folder,
            Run.BASE,
            F32);
    assertEquals(2, noNumber.code());
    assertTrue(noNumber.err().contains("<lora:NAME:WEIGHT>"), noNumber.err());
  }

  @Test
  void blocksAreOfAdaptersThatTakePart() {
    Run other = make("-o", first, "--blocks", "oil=IN:0.5");
    assertEquals(2, other.code());
    assertTrue(other.err().contains("take part are ink"), other.err());
    Run unknown = make("-o", first, "--blocks", "ink=D00:0.5");
    assertEquals(1, unknown.code());
    assertTrue(unknown.err().contains("M00"), unknown.err());
  }

  @Test
  void picturesOfOthersAndNothingAreRefused() throws IOException {
    Path foreign = Run.pictures(folder.resolve("pictures")).resolve("ball-0.png");
    Run run = Run.of("generate", "--from", foreign, "-o", first, Run.BASE);
    assertEquals(1, run.code());
    assertTrue(run.err().contains("does not say how it was made"), run.err());
    Path text = folder.resolve("a.png");
    Files.writeString(text, "no picture");
    assertEquals(1, Run.of("generate", "--from", text, "-o", first, Run.BASE).code());
    for (String taken :
        new String[] {"--seed=3", "--count=2", "--grid", "--blocks=ink=IN:0", "--batch=2"}) {
      Run ignored = Run.of("generate", "--from", foreign, "-o", first, Run.BASE, taken);
      assertEquals(2, ignored.code(), taken);
      assertTrue(ignored.err().contains("does not go with --from"), ignored.err());
    }
    assertEquals(2, Run.of("generate", "-o", first, Run.BASE).code());
    assertEquals(2, Run.of("generate", "a fox", "--from", foreign, Run.BASE).code());
  }
}
