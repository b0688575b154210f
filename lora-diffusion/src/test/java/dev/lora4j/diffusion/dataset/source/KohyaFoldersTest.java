package dev.lora4j.diffusion.dataset.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KohyaFoldersTest {
  @TempDir Path folder;

  private final List<String> notes = new ArrayList<>();

  private KohyaFoldersTest with(String... pictures) throws IOException {
    for (String picture : pictures) {
      Path file = folder.resolve(picture);
      Files.createDirectories(file.getParent());
      Files.writeString(file, "");
    }
    return this;
  }

  /** What is taken: name of the folder, repeats and class tokens. */
  private List<String> taken() {
    return KohyaFolders.or(
            folder,
            DataSource.of(folder),
            note -> notes.add(note.file().getFileName() + " " + note.sentence()))
        .stream()
        .map(s -> s.folder().getFileName() + " x" + s.repeats() + " " + s.classTokens())
        .toList();
  }

  private String itself() {
    return folder.getFileName() + " x1 ";
  }

  @Test
  void folderNamesGiveRepeatsAndCaption() throws IOException {
    with("10_sks fox/a.png", "3/b.png", "2_/c.png");
    assertEquals(List.of("10_sks fox x10 sks fox", "2_ x2 ", "3 x3 "), taken());
    assertEquals(List.of(), notes);
  }

  @Test
  void aFoldersOwnPicturesComeFirst() throws IOException {
    with("a.png", "2023_holiday/b.png", "notes/c.txt", ".thumbnails/a.png");
    assertEquals(List.of(itself()), taken());
    assertEquals(
        List.of("2023_holiday is left out: the folder it is in has pictures itself."), notes);
  }

  @Test
  void skippedFoldersAreNoted() throws IOException {
    with("10_fox/a.png", "0_backup/b.png", "20230101_trip/c.png", "hens/d.png", "empty/e.txt");
    assertEquals(List.of("10_fox x10 fox"), taken());
    assertEquals(3, notes.size(), notes::toString);
    assertTrue(
        notes.get(0).startsWith("0_backup is left out: its name does not begin"), notes::toString);
    assertTrue(notes.get(1).startsWith("20230101_trip is left out"), notes::toString);
    assertTrue(notes.get(2).startsWith("hens is left out"), notes::toString);
  }

  @Test
  void yearInAFolderNameIsNoted() throws IOException {
    with("2023_holiday/a.png");
    assertEquals(List.of("2023_holiday x2023 holiday"), taken());
    assertEquals(List.of("2023_holiday is shown 2023 times in an epoch, as its name says."), notes);
  }

  @Test
  void parentIsUsedWhenNoFolderFits() throws IOException {
    with("0_backup/a.png");
    assertEquals(List.of(itself()), taken());
    assertEquals(1, notes.size(), notes::toString);
  }
}
