package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.identity.Digests;
import dev.lora4j.diffusion.dataset.archive.PictureArchive;
import dev.lora4j.diffusion.dataset.source.ArchiveColumns;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Contract of {@link PictureArchive}. Extend it for yours, with a small file of its kind. */
public abstract class PictureArchiveContract extends ExtensionContract<PictureArchive> {
  @TempDir private Path temporary = Path.of("");

  /** Tests an archive on the class path, see {@link ExtensionContract}. */
  protected PictureArchiveContract(String request) {
    super(PictureArchive.class, request);
  }

  /**
   * Writes a file of this kind with at least two pictures, of which one has a caption.
   *
   * @param folder where to, which is empty
   */
  protected abstract Path archive(Path folder) throws IOException;

  /** What was taken. */
  private static final class Taken implements PictureArchive.Members {
    private final List<String> all = new ArrayList<>();
    private final Set<String> pictures = new HashSet<>();
    private final Set<String> captions = new HashSet<>();

    @Override
    public void picture(String key, String ending, InputStream content) throws IOException {
      all.add("picture " + key + "." + ending + " " + Digests.hex(content.readAllBytes()));
      assertTrue(PictureArchive.PICTURES.contains(ending), ending + " is no ending of pictures");
      assertTrue(pictures.add(key), "a second picture of the key " + key);
    }

    @Override
    public void caption(String key, String text) {
      all.add("caption " + key + " " + text);
      captions.add(key);
    }

    @Override
    public void unused(String kind) {
      all.add("unused " + kind);
    }

    @Override
    public void note(String sentence) {
      all.add("note " + sentence);
    }
  }

  private Path folder(String name) throws IOException {
    return Files.createDirectories(temporary.resolve(name));
  }

  private static Taken read(PictureArchive archive, Path file) throws IOException {
    Taken taken = new Taken();
    archive.read(file, ArchiveColumns.FOUND, taken);
    return taken;
  }

  @Test
  void endingsAreThoseOfTheFile() throws IOException {
    List<String> endings = extension().endings();
    String name = archive(folder("named")).getFileName().toString();
    assertTrue(endings.stream().anyMatch(name::endsWith), name + " has none of " + endings);
    for (String ending : endings) {
      assertTrue(ending.startsWith(".") && ending.length() > 1, ending + " begins with no dot");
      assertEquals(ending.toLowerCase(Locale.ROOT), ending);
    }
  }

  @Test
  void picturesHaveTheirCaptions() throws IOException {
    Taken taken = read(extension(), archive(folder("whole")));
    assertTrue(taken.pictures.size() >= 2, "only the pictures " + taken.pictures);
    assertFalse(taken.captions.isEmpty(), "no captions");
    assertTrue(taken.pictures.containsAll(taken.captions), taken.captions + " of no pictures");
  }

  @Test
  void theSameFileHasTheSameMembers() throws Exception {
    Path file = archive(folder("often"));
    PictureArchive archive = extension();
    ManyThreads.agree(() -> read(archive, file).all);
  }

  @Test
  void fileThatIsCutOffIsAnIoException() throws IOException {
    Path file = archive(folder("cut"));
    byte[] whole = Files.readAllBytes(file);
    for (int part = 0; part < 10; part++) {
      // The end of many forms is padding.
      int length = part * whole.length / 20;
      Files.write(file, Arrays.copyOf(whole, length));
      assertThrows(
          IOException.class,
          () -> read(extension(), file),
          length + " of " + whole.length + " bytes are taken for all");
    }
  }

  @Test
  void whatTheTakerThrowsComesThrough() throws IOException {
    Path file = archive(folder("thrown"));
    IOException full = new IOException("the disk is full");
    PictureArchive.Members taker =
        new PictureArchive.Members() {
          @Override
          public void picture(String key, String ending, InputStream content) throws IOException {
            throw full;
          }

          @Override
          public void caption(String key, String text) {}

          @Override
          public void unused(String kind) {}

          @Override
          public void note(String sentence) {}
        };
    IOException thrown =
        assertThrows(IOException.class, () -> extension().read(file, ArchiveColumns.FOUND, taker));
    assertSame(full, thrown);
  }

  @Test
  void folderStaysUnchanged() throws IOException {
    Path folder = folder("untouched");
    Path file = archive(folder);
    String before = Digests.hex(Files.readAllBytes(file));
    read(extension(), file);
    assertEquals(before, Digests.hex(Files.readAllBytes(file)));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList());
    }
  }
}
