package dev.lora4j.cli.adapter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An adapter that is PEFT's folder is one wherever an adapter is named. */
class PeftFolderOptionTest {
  private static final String LORA = "--lora=";

  @TempDir private Path folder;
  private Path file;
  private Path peft;

  @BeforeEach
  void oneAdapterInBothForms() throws IOException {
    file = folder.resolve("files").resolve("ink.safetensors");
    Files.createDirectories(file.getParent());
    Files.copy(Run.TINY_SD.resolve("lora-kohya.safetensors"), file);
    peft = folder.resolve("folders").resolve("ink");
    Run converted = Run.of("convert", file, peft, "--to=peft", Run.BASE);
    assertEquals(0, converted.code(), converted.err());
  }

  @Test
  void peftFolderMakesThePictureOfItsFile() throws IOException {
    Run made = generate("one.png", "a fox", LORA + peft + ":0.7");
    assertTrue(made.out().contains("ink weight 0.7"), made.out());
    generate("two.png", "a fox", LORA + file + ":0.7");
    generate("three.png", "a <lora:ink:0.7>fox", "--lora-dir=" + peft.getParent());
    byte[] wanted = Files.readAllBytes(folder.resolve("two.png"));
    assertArrayEquals(wanted, Files.readAllBytes(folder.resolve("one.png")));
    assertArrayEquals(wanted, Files.readAllBytes(folder.resolve("three.png")));
  }

  private Run generate(String picture, String prompt, String lora) {
    Path out = folder.resolve(picture);
    Run made = Run.of("generate", prompt, lora, "-o", out, "--steps=1", "--seed=3", Run.BASE);
    assertEquals(0, made.code(), made.err());
    return made;
  }

  @Test
  void gridsAndScoresTakePeftFolders() {
    Path out = folder.resolve("grid");
    Run grid =
        Run.of("grid", "a fox", "--x=lora:ink=0,1", "--steps=1", Run.BASE, "-o", out, LORA + peft);
    assertEquals(0, grid.code(), grid.err());
    // What is wrong here is the style.
    Run scores = Run.of("evaluate", LORA + peft, "--style=nk", "-o", folder.resolve("scores"));
    assertTrue(scores.err().contains("no style and no folder nk"), scores.err());
  }
}
