package dev.lora4j.cli.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import dev.lora4j.diffusion.record.PngFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.TypeConversionException;

/** Sheets of pictures that differ in one thing along each direction. */
class GridCommandTest {
  private static final String F32 = "--compute=f32";
  private static final Path INK = Run.TINY_SD.resolve("lora-kohya.safetensors");

  @TempDir private Path folder;

  private Run grid(Object... more) {
    Object[] all = new Object[more.length + 8];
    Object[] begin = {
      "grid", "a red fox", "--steps=2", "--seed=5", "--sampler=euler", "-o", folder, Run.BASE
    };
    System.arraycopy(begin, 0, all, 0, begin.length);
    System.arraycopy(more, 0, all, begin.length, more.length);
    return Run.of(all);
  }

  @Test
  void gridMakesASheetAndReusesPictures() throws IOException {
    Object[] axes = {
      "--x", "lora:lora-kohya=0,1", "--y", "prompt=fox,cat", "--z", "seed=1-2", "--lora", INK, F32
    };
    Run made = grid(axes);
    assertEquals(0, made.code(), made.err());
    assertTrue(made.out().contains("8 pictures made."), made.out());
    assertTrue(made.out().contains("grid-z02.png  seed 2"), made.out());
    Path sheet = folder.resolve("grid-z01.png");
    assertTrue(ImageIO.read(sheet.toFile()).getWidth() > 2 * 128);
    Path corner = folder.resolve("z01-y02-x02.png");
    assertNotEquals(
        Files.readString(corner, java.nio.charset.StandardCharsets.ISO_8859_1),
        Files.readString(
            folder.resolve("z01-y01-x02.png"), java.nio.charset.StandardCharsets.ISO_8859_1));

    FileTime before = Files.getLastModifiedTime(folder.resolve("z01-y01-x01.png"));
    Files.delete(corner);
    Files.writeString(folder.resolve("z02-y01-x01.png"), "cut of");
    Run again = grid(axes);
    assertTrue(again.out().contains("2 pictures made, 6 kept from before."), again.out());
    assertEquals(before, Files.getLastModifiedTime(folder.resolve("z01-y01-x01.png")));
    assertTrue(Files.exists(corner));
    Run other =
        grid(List.of(axes).stream().map(a -> a.equals("seed=1-2") ? "seed=2-3" : a).toArray());
    assertTrue(other.out().contains("8 pictures made."), other.out());
  }

  /** Pictures of other circumstances under the same names are made again. */
  @Test
  void onlyPicturesOfTheSameRequestAreReused() {
    String one = "1 pictures made.";
    assertTrue(grid("--x", "seed=1", F32).out().contains(one));
    for (String other :
        new String[] {"--prediction=epsilon", "--size=48x32", "--size=48x48", "--clip-skip=1"}) {
      assertTrue(grid("--x", "seed=1", F32, other).out().contains(one), other);
      assertTrue(grid("--x", "seed=1", F32, other).out().contains("1 kept"), other);
    }
    assertTrue(grid("--x", "seed=1", F32).out().contains(one), "the base's own size");
    Object[] mixed = {"--x", "seed=1", F32, "--lora", INK, "--route=merged"};
    assertTrue(grid(mixed).out().contains(one));
    mixed[5] = "--route=unmerged";
    assertTrue(grid(mixed).out().contains(one), "another route");
    assertTrue(grid("--x", "seed=1", F32, "--lora", INK).out().contains("1 kept"), "any route");
  }

  /** The picture of a cell is the one that generate makes of the same request. */
  @Test
  void gridCellEqualsTheGeneratedPicture() throws IOException {
    assertEquals(0, grid("--x", "steps=2,3", F32).code());
    Path alone = folder.resolve("alone.png");
    Run made =
        Run.of(
            "generate",
            "a red fox",
            "--steps=3",
            "--seed=5",
            "--sampler=euler",
            "-o",
            alone,
            Run.BASE,
            F32);
    assertEquals(0, made.code(), made.err());
    assertEquals(-1, Files.mismatch(alone, folder.resolve("z01-y01-x02.png")));
  }

  /** A block's share stands beside those of --blocks; the negative prompt has parts too. */
  @Test
  void gridVariesBlockWeightsAndNegativePrompt() throws IOException {
    Object[] axes = {
      "--x",
      "block:lora-kohya:OUT=0,1",
      "--y",
      "prompt=hat,cat",
      "--lora",
      INK,
      "--negative=hat",
      "--blocks=lora-kohya=IN:0,M:0,OUT:0.5",
      F32
    };
    Run made = grid(axes);
    assertEquals(0, made.code(), made.err());
    String without = PngFile.texts(folder.resolve("z01-y01-x01.png")).get("lora4j");
    String with = PngFile.texts(folder.resolve("z01-y02-x02.png")).get("lora4j");
    assertTrue(without.contains("OUT:0.5,OUT:0.0"), without);
    assertTrue(with.contains("OUT:0.5,OUT:1.0") && with.contains("\"negative\":\"cat\""), with);
    assertNotEquals(
        -1, Files.mismatch(folder.resolve("z01-y01-x01.png"), folder.resolve("z01-y01-x02.png")));
    assertTrue(grid(axes).out().contains("0 pictures made, 4 kept"), "the same request");
  }

  @Test
  void invalidGridAxesAreRefused() {
    assertRefused("colour=1,2", "A grid cannot change");
    assertRefused("lora:ink=1,2", "--lora adds one");
    assertRefused("prompt=dog,cat", "contains 'dog'");
    assertRefused("prompt=,cat", "cannot be empty");
    assertRefused("block:ink=1,2", "block:NAME:BLOCK");
    assertRefused("block:ink:OUT=1,2", "--lora adds one");
    assertRefused("sampler=ddim,dim", "ddpm");
    assertRefused("seed=one", "whole number");
    assertEquals(2, grid("--x", "seed", F32).code());
    assertEquals(2, grid(F32).code());
    assertEquals(2, grid("--x", "seed=1-1000", F32).code());
    for (String none :
        new String[] {"seed=4-1", "guidance=7..1:2", "steps=10,4-1", "lora:a=2..1:1"}) {
      Run run = grid("--x", none, F32);
      assertEquals(2, run.code(), none);
      assertTrue(run.err().contains("ranges count up"), run.err());
    }
    assertEquals(2, grid("--x", "seed=1-99999999999999999999", F32).code());
    assertEquals(2, grid("--x", "guidance=1.2.3..4:1", F32).code());
    Run twice = grid("--x", "seed=1-2", "--y", "seed=3-4", F32);
    assertEquals(2, twice.code(), twice.err());
    assertTrue(twice.err().contains("Two directions change seed"), twice.err());
    assertFalse(twice.err().contains("Loaded"), "before anything is loaded");
    assertFalse(Files.exists(folder.resolve("grid.png")));
  }

  private void assertRefused(String axis, String why) {
    Run run = grid("--x", axis, F32);
    assertEquals(2, run.code(), axis);
    assertTrue(run.err().contains(why), run.err());
  }

  @Test
  void rangesAreWrittenOut() {
    GridAxis.Reader reader = new GridAxis.Reader();
    assertEquals(List.of("3", "4", "5", "9"), reader.convert("seed=3-5,9").values());
    assertEquals(List.of("-0.5", "0", "0.5", "1"), reader.convert("lora:ink=-0.5..1:0.5").values());
    assertEquals("lora:ink", reader.convert("lora:ink=1").name());
    assertThrows(TypeConversionException.class, () -> reader.convert("=1"));
  }
}
