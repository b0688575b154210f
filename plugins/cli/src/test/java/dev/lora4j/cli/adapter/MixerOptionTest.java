package dev.lora4j.cli.adapter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.spi.Extensions;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mixers on the command line. */
class MixerOptionTest {
  private static final Path ONE = Run.TINY_SD.resolve("lora-kohya.safetensors");
  private static final Path TWO = Run.TINY_SD.resolve("lora-kohya-2.safetensors");

  @TempDir private Path folder;

  private Run make(String file, Object... more) {
    List<Object> all = new ArrayList<>(List.of("generate", "a fox", "--steps=4", "--seed=5"));
    all.addAll(List.of(Run.BASE, "--compute=f32", "-o", folder.resolve(file)));
    all.addAll(List.of("--lora", ONE + ":0.8", "--lora", TWO + ":0.5"));
    all.addAll(List.of(more));
    return Run.of(all.toArray());
  }

  private byte[] bytes(String file) throws IOException {
    return Files.readAllBytes(folder.resolve(file));
  }

  @Test
  void mixedPictureIsReproducedFromItsFile() throws IOException {
    assertEquals(0, make("plain.png").code());
    for (String mixer :
        List.of(
            "switch:tau=1,order=lora-kohya-2 lora-kohya",
            "composite",
            "schedule:courses=lora-kohya=0@0,1@0.5:cosine lora-kohya-2=late",
            "lbw:blocks=lora-kohya=IN:0,M:0.5 lora-kohya-2=OUT:0,list=0",
            "regions:areas=left right,feather=0.1")) {
      Run made = make("first.png", "--mixer", mixer);
      assertEquals(0, made.code(), made.err());
      assertTrue(made.out().contains("  blended by " + mixer), made.out());
      assertFalse(Arrays.equals(bytes("plain.png"), bytes("first.png")));
      Path first = folder.resolve("first.png");
      Path again = folder.resolve("again.png");
      Run same =
          Run.of("generate", "--from", first, "-o", again, Run.BASE, "--lora", ONE, "--lora", TWO);
      assertTrue(same.out().contains("bit for bit"), same.out() + same.err());
      assertArrayEquals(bytes("first.png"), bytes("again.png"));
    }
    Run other = Run.of("generate", "--from", folder.resolve("first.png"), "--mixer=switch");
    assertEquals(2, other.code());
    assertTrue(other.err().contains("--mixer does not go with --from"), other.err());
  }

  @Test
  void mixProgressIsShownBeforeTheSteps() {
    Run made = make("mixed.png", "--mixer", "ties:density=0.4");
    assertEquals(0, made.code(), made.err());
    int mixing = made.err().indexOf("mixing: layer ");
    int generating = made.err().indexOf("generating: step ");
    assertTrue(mixing >= 0 && mixing < generating, made.err());
    assertTrue(made.err().matches("(?s).*mixing: layer ([0-9]+) of \\1\\b.*"), made.err());
    // It looks through all layers for a threshold, and then mixes them.
    assertTrue(made.err().contains(", survey"), made.err());
    Run plain = make("plain.png");
    assertFalse(plain.err().contains("mixing"), plain.err());
  }

  /** What is mixed before it is used is the same from a file. */
  @Test
  void savedMixGivesThePictureOfTheMixer() throws IOException {
    for (String mixer : List.of("ties:density=0.4", "dare-linear", "svd:rank=2")) {
      Path saved = folder.resolve("saved.safetensors");
      List<Object> merge = new ArrayList<>(List.of("merge", Run.BASE, ONE + ":0.8", TWO + ":0.5"));
      merge.addAll(List.of("--mixer", mixer, "--precision=f32", "-o", saved));
      if (!mixer.startsWith("svd")) {
        merge.add("--full"); // svd says itself what is kept
      }
      Run merged = Run.of(merge.toArray());
      assertEquals(0, merged.code(), merged.err());
      Run made = make("mixed.png", "--mixer", mixer);
      assertEquals(0, made.code(), made.err());
      Path alone = folder.resolve("alone.png");
      Object[] again = {
        "generate", "a fox", "--steps=4", "--seed=5", Run.BASE, "--compute=f32", "-o", alone
      };
      List<Object> one = new ArrayList<>(List.of(again));
      one.addAll(List.of("--lora", saved));
      Run used = Run.of(one.toArray());
      assertEquals(0, used.code(), used.err());
      assertArrayEquals(pixels(alone), pixels(folder.resolve("mixed.png")), mixer);
    }
    assertFalse(
        Arrays.equals(pixels(folder.resolve("alone.png")), pixels(plain())), "it is the sum");
  }

  /**
   * What a mixer says of weights is run beside others or summed up before: the same, but rounding.
   */
  @Test
  void savedBlockAndTextWeightsGiveThePicture() throws IOException {
    String mixer = "--mixer=lbw:blocks=lora-kohya=IN:0,M:0.5 lora-kohya-2=OUT:0";
    String texts = "--lora-te=lora-kohya-2=0.2";
    Path saved = folder.resolve("saved.safetensors");
    Run merged = Run.of("merge", Run.BASE, ONE + ":0.8", TWO + ":0.5", mixer, texts, "-o", saved);
    assertEquals(0, merged.code(), merged.err());
    Run made = make("mixed.png", mixer, texts);
    assertEquals(0, made.code(), made.err());
    Path alone = folder.resolve("alone.png");
    Run used =
        Run.of(
            "generate",
            "a fox",
            "--steps=4",
            "--seed=5",
            Run.BASE,
            "--compute=f32",
            "-o",
            alone,
            "--lora",
            saved);
    assertEquals(0, used.code(), used.err());
    assertTrue(apart(pixels(alone), pixels(folder.resolve("mixed.png"))) <= 1);
    assertTrue(apart(pixels(alone), pixels(plain())) > 1, "it is the sum");
  }

  private static int apart(int[] a, int[] b) {
    int most = 0;
    for (int i = 0; i < a.length; i++) {
      for (int shift = 0; shift < 24; shift += 8) {
        most = Math.max(most, Math.abs((a[i] >> shift & 255) - (b[i] >> shift & 255)));
      }
    }
    return most;
  }

  private Path plain() {
    assertEquals(0, make("plain.png").code());
    return folder.resolve("plain.png");
  }

  private static int[] pixels(Path file) throws IOException {
    BufferedImage image = ImageIO.read(file.toFile());
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }

  @Test
  void jsonReportsTheMixer() {
    JsonObject report = make("one.png", "--mixer=composite", "--json").json();
    JsonObject picture = report.getAsJsonArray("pictures").get(0).getAsJsonObject();
    assertEquals("composite:texts=own", picture.get("mixer").getAsString());
    assertTrue(picture.get("notes").toString().contains("2 times the work"), report.toString());
  }

  @Test
  void gridMakesNewPicturesForAnotherMixer() {
    Object[] grid = {
      "grid", "a fox", "--x=seed=1,2", "--steps=2", "-o", folder, Run.BASE, "--lora", ONE
    };
    List<Object> mixed = new ArrayList<>(List.of(grid));
    mixed.add("--mixer=switch:tau=1");
    assertTrue(Run.of(grid).out().contains("2 pictures made"));
    assertTrue(Run.of(mixed.toArray()).out().contains("2 pictures made"));
    assertTrue(Run.of(mixed.toArray()).out().contains("0 pictures made"));
  }

  /** A mixer that names an adapter still finds it where it is measured what that changes. */
  @Test
  void leakageIsMeasuredOfMixedPictures() throws IOException {
    Path light = folder.resolve("light.png");
    BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
    image.createGraphics().fillRect(0, 0, 4, 8);
    ImageIO.write(image, "png", light.toFile());
    Run made =
        make(
            "leak.png",
            "--leakage",
            "--region=lora-kohya=" + light,
            "--mixer=switch:tau=1,order=lora-kohya-2 lora-kohya");
    assertEquals(0, made.code(), made.err());
    assertTrue(made.out().contains("lora-kohya changed by "), made.out());
  }

  @Test
  void invalidMixersAreRefusedBeforeTheWork() {
    assertMisused("There is no Mixer 'swich'. Did you mean switch?", "swich");
    assertMisused("has no setting tao, did you mean tau?", "switch:tao=3");
    assertMisused("tau takes a whole number of at least 1, found '0'", "switch:tau=0");
    assertMisused("Settings are written NAME:KEY=VALUE", "switch:3");
    Run alone = Run.of("generate", "a fox", Run.BASE, "--mixer=switch");
    assertEquals(2, alone.code());
    assertTrue(alone.err().contains("--mixer has nothing to blend"), alone.err());
    Run order = make("order.png", "--mixer=switch:order=ink");
    assertEquals(1, order.code());
    assertTrue(order.err().contains("once: lora-kohya, lora-kohya-2"), order.err());
  }

  private static void assertMisused(String told, String mixer) {
    Run run = Run.of("generate", "a fox", "--mixer=" + mixer);
    assertEquals(2, run.code(), run.err());
    assertTrue(run.err().contains(told), run.err());
  }

  /** Taking the jar away takes its mixers away, from the help and from what is understood. */
  @Test
  void mixersVanishWithTheirJar() throws Exception {
    assertTrue(Run.of("generate", "--help").out().contains("composite"));
    List<URL> others = new ArrayList<>();
    String jar = place(Extensions.installed().make(Mixer.class, "switch").getClass());
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (!entry.contains(jar)) {
        others.add(Path.of(entry).toUri().toURL());
      }
    }
    try (URLClassLoader loader =
        new URLClassLoader(others.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      Class<?> run = loader.loadClass(Run.class.getName());
      var made = run.getDeclaredMethod("of", Object[].class);
      made.setAccessible(true);
      Object help = made.invoke(null, (Object) new Object[] {"generate", "--help"});
      assertTrue(help.toString().contains("--mixer"), help.toString());
      assertFalse(help.toString().contains("composite"), help.toString());
      Object[] asked = {"generate", "a fox", "--mixer=switch"};
      String refused = made.invoke(null, (Object) asked).toString();
      assertTrue(refused.contains("It comes with lora4j-mixers"), refused);
    }
  }

  private static String place(Class<?> type) {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath()).toString();
  }
}
