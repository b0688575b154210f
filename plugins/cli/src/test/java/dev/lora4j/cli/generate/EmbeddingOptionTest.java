package dev.lora4j.cli.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import dev.lora4j.diffusion.record.PngFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Textual inversions named in prompts. */
class EmbeddingOptionTest {
  private static final Path MADE = Path.of("../../lora-diffusion/src/test/resources/embeddings");

  @TempDir private Path folder;
  private Path words;
  private Path first;

  @BeforeEach
  void aFolderOfThem() throws IOException {
    words = Files.createDirectory(folder.resolve("words"));
    for (String name : new String[] {"ball", "scribble"}) {
      Files.copy(MADE.resolve(name + ".safetensors"), words.resolve(name + ".safetensors"));
    }
    Files.writeString(words.resolve("fox.pt"), "");
    first = folder.resolve("first.png");
  }

  private Run make(Object... more) {
    Object[] all = new Object[more.length + 7];
    Object[] begin = {
      "generate",
      "a (ball:1.2)",
      "--negative=Scribble",
      "--steps=2",
      "--seed=5",
      Run.BASE,
      "--compute=f32"
    };
    System.arraycopy(begin, 0, all, 0, begin.length);
    System.arraycopy(more, 0, all, begin.length, more.length);
    return Run.of(all);
  }

  @Test
  void sameImageFromFileAndFolder() throws IOException {
    Run byFolder = make("-o", first, "--embedding-dir", words);
    assertEquals(0, byFolder.code(), byFolder.err());
    assertTrue(byFolder.out().contains("ball textual inversion, vectors 1"), byFolder.out());
    assertTrue(byFolder.out().contains("scribble textual inversion, vectors 3"), byFolder.out());
    String parameters = PngFile.texts(first).get(PngFile.PARAMETERS);
    assertTrue(parameters.contains("Embedding identities: \"ball: "), parameters);
    Path byFile = folder.resolve("second.png");
    Run named =
        make(
            "-o",
            byFile,
            "--embedding=" + words.resolve("ball.safetensors"),
            "--embedding=" + words.resolve("scribble.safetensors"),
            "--json");
    assertEquals(2, named.json().getAsJsonArray("embeddings").size(), named.err());
    assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(byFile));
    assertEquals(0, make("-o", byFile).code());
    assertFalse(java.util.Arrays.equals(Files.readAllBytes(first), Files.readAllBytes(byFile)));
  }

  @Test
  void pictureIsReproducedWithItsRecordedEmbeddings() throws IOException {
    assertEquals(0, make("-o", first, "--embedding-dir", words).code());
    Path again = folder.resolve("again.png");
    Run lost = Run.of("generate", "--from", first, "-o", again, Run.BASE);
    assertEquals(1, lost.code());
    assertTrue(lost.err().contains("--embedding-dir"), lost.err());
    Run repeated =
        Run.of("generate", "--from", first, "-o", again, Run.BASE, "--embedding-dir", words);
    assertTrue(repeated.out().contains("bit for bit"), repeated.out() + repeated.err());

    Path ball = words.resolve("ball.safetensors");
    Files.move(ball, words.resolve("sphere.safetensors"));
    Files.copy(words.resolve("scribble.safetensors"), ball);
    Run other =
        Run.of("generate", "--from", first, "-o", again, Run.BASE, "--embedding-dir", words);
    assertEquals(1, other.code());
    assertTrue(other.err().contains("is another one"), other.err());
    Run renamed =
        Run.of(
            "generate",
            "--from",
            first,
            "-o",
            again,
            Run.BASE,
            "--embedding-dir",
            words,
            "--embedding",
            words.resolve("sphere.safetensors"));
    assertTrue(renamed.out().contains("bit for bit"), renamed.out() + renamed.err());
  }

  @Test
  void unusedAndUnusableEmbeddingsAreReported() throws IOException {
    Run unused =
        Run.of(
            "generate",
            "a fox",
            "--steps=1",
            "-o",
            first,
            Run.BASE,
            "--embedding=" + words.resolve("ball.safetensors"),
            "--embedding-dir",
            words);
    assertEquals(0, unused.code(), unused.err());
    assertTrue(unused.err().contains("No prompt has the word ball or <ball>"), unused.err());
    assertTrue(unused.err().contains("fox.pt is not used for the word fox"), unused.err());
    Run forXl = make("-o", first, "--embedding=" + MADE.resolve("glaze.safetensors"));
    assertEquals(1, forXl.code());
    assertTrue(forXl.err().contains("widths 16 and 24"), forXl.err());
    Run pickle = make("-o", first, "--embedding=" + words.resolve("fox.pt"));
    assertTrue(pickle.err().contains("never opened here"), pickle.err());
    Run adapter = make("-o", first, "--embedding=" + Run.TINY_SD.resolve("lora-kohya.safetensors"));
    assertTrue(adapter.err().contains("is no textual inversion"), adapter.err());
    Run asAdapter = make("-o", first, "--lora=" + words.resolve("scribble.safetensors"));
    assertTrue(asAdapter.err().contains("is a textual inversion"), asAdapter.err());
    Run missing = make("-o", first, "--embedding=" + words.resolve("bal.safetensors"));
    assertTrue(missing.err().contains("Did you mean"), missing.err());
  }

  @Test
  void gridPicturesNameTheirEmbeddings() {
    Path sheets = folder.resolve("sheets");
    Object[] grid = {
      "grid",
      "a ball",
      "--x",
      "prompt=ball,scribble",
      "--steps=1",
      "--seed=1",
      "-o",
      sheets,
      Run.BASE,
      "--compute=f32",
      "--embedding-dir",
      words
    };
    Run made = Run.of(grid);
    assertEquals(0, made.code(), made.err());
    assertTrue(
        PngFile.texts(sheets.resolve("z01-y01-x02.png"))
            .get(PngFile.PARAMETERS)
            .contains("scribble: "));
    assertTrue(Run.of(grid).out().contains("0 pictures made, 2 kept"));
  }
}
