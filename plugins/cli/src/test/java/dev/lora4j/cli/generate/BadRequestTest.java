package dev.lora4j.cli.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users ask for by mistake, and what is merely unusual. */
class BadRequestTest {
  private static final Path TINY_XL = Path.of("../../lora-diffusion/src/test/resources/tiny-xl");

  @TempDir private Path folder;

  private Run make(String prompt, Object... more) {
    Object[] all = new Object[more.length + 6];
    Object[] begin = {
      "generate", prompt, "--seed=1", "--compute=f32", "-o", folder.resolve("a.png")
    };
    System.arraycopy(begin, 0, all, 0, begin.length);
    System.arraycopy(more, 0, all, begin.length, more.length);
    return Run.of(all);
  }

  private void refused(int code, String why, Run run) throws IOException {
    assertEquals(code, run.code(), run.err());
    assertTrue(run.err().contains(why), run.err());
    assertEquals("", run.out());
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(), left.filter(Files::isRegularFile).toList());
    }
  }

  @Test
  void emptyAndHugePromptsMakePictures() {
    assertEquals(0, make("", "--steps=1", Run.BASE).code());
    Run made = make("red fox, ".repeat(3334), "--steps=1", Run.BASE);
    assertEquals(0, made.code(), made.err());
  }

  @Test
  void sizesThatDoNotWorkNameTheNearest() throws IOException {
    refused(1, "the nearest are 32x32, 40x32.", make("a fox", Run.BASE, "--size=33x32"));
    refused(1, "24x32, 32x32, 24x40, 32x40.", make("a fox", Run.BASE, "--size=31x39"));
    refused(1, "the nearest are 8x32.", make("a fox", Run.BASE, "--size=3x32"));
    refused(2, "at most 16384", make("a fox", Run.BASE, "--size=32x99999"));
  }

  @Test
  void unknownNamesAreRefusedWithTheNearest() throws IOException {
    refused(2, "Did you mean euler?", make("a fox", Run.BASE, "--sampler=eulr"));
    refused(2, "did you mean karras?", make("a fox", Run.BASE, "--schedule=kras"));
    refused(2, "There are ddim", make("a fox", Run.BASE, "--sampler=somethingelse"));
    refused(1, "Did you mean", make("a fox", "--base=" + Run.TINY_SD + "s"));
  }

  @Test
  void numbersOutOfRangeAreNamed() throws IOException {
    refused(2, "guidance must be 0 or more, found -1", make("a fox", Run.BASE, "--guidance=-1"));
    refused(2, "guidance must be 0 or more, found NaN", make("a fox", Run.BASE, "--guidance=NaN"));
    refused(1, "from 1 to 1000", make("a fox", Run.BASE, "--steps=1001"));
    refused(2, "--count must be", make("a fox", Run.BASE, "--count=0"));
    refused(1, "cannot leave out 7", make("a fox", Run.BASE, "--clip-skip=7"));
  }

  @Test
  void nonFinitePictureIsNeverWritten() throws IOException {
    refused(1, "not finite", make("a fox", Run.BASE, "--guidance=1e38", "--steps=3"));
  }

  @Test
  void anAdapterOfAnotherFamilyIsRefused() throws IOException {
    Path forSd = Run.TINY_SD.resolve("lora-kohya-2.safetensors");
    refused(1, "another base", make("a fox", "--base=" + TINY_XL, "--lora=" + forSd));
  }

  @Test
  void fileInPlaceOfAFolderIsNamed() throws IOException {
    Path file = Files.writeString(Files.createDirectory(folder.resolve("sub")).resolve("f"), "");
    Path inside = file.resolve("b.png");
    Run picture = Run.of("generate", "a fox", Run.BASE, "-o", inside);
    refused(1, "f is no folder", picture);
    Run grid = Run.of("grid", "a fox", "--x", "seed=1-2", "-o", file, Run.BASE, "--compute=f32");
    refused(1, "f is no folder", grid);
    assertFalse(grid.err().contains("Loaded"), "found before anything is loaded");
  }
}
