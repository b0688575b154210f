package dev.lora4j.diffusion.dataset.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListedPathsTest {
  @TempDir Path root;

  private Path folder;

  @BeforeEach
  void pictures() throws IOException {
    folder = root.resolve("foxes");
    for (String file : List.of("1.png", "2.png", "train/1.png", "train/notes.txt")) {
      Path path = folder.resolve(file);
      Files.createDirectories(path.getParent());
      Files.writeString(path, "");
    }
  }

  private ListedPaths of(String... names) {
    return new ListedPaths(DataSource.of(folder), root.resolve("all.json"), List.of(names));
  }

  private List<String> meaning(String picture, String... names) {
    return of(names).of(folder.resolve(picture));
  }

  @Test
  void aPathComesBeforeAName() {
    assertEquals(List.of("1.png"), meaning("1.png", "train/1.png", "1.png"));
    assertEquals(List.of("train/1.png"), meaning("train/1.png", "train/1.png", "1.png"));
    assertEquals(List.of("foxes/1.png"), meaning("1.png", "/old/1.png", "foxes/1.png"));
    String whole = folder.resolve("1.png").toString();
    assertEquals(List.of(whole), meaning("1.png", "/old/1.png", whole));
    assertEquals(List.of("1"), meaning("1.png", "1", "/old/1.png"));
    assertEquals(List.of("1.png"), meaning("1.png", "1", "1.png"));
  }

  @Test
  void existingPathMeansNoOtherPicture() {
    assertEquals(List.of(), meaning("1.png", "train/1.png"));
    assertEquals(List.of(), meaning("1.png", "2.png"));
  }

  @Test
  void foreignPathsMatchByLongestEnding() {
    assertEquals(List.of("/old/1.png"), meaning("1.png", "/old/1.png"));
    assertEquals(
        List.of("/old/foxes/1.png"), meaning("1.png", "/old/hens/1.png", "/old/foxes/1.png"));
    assertEquals(
        List.of("/old/a/1.png", "/old/b/1.png"), meaning("1.png", "/old/a/1.png", "/old/b/1.png"));
  }

  @Test
  void subfolderPicturesAreThoseListed() {
    Path within = folder.resolve("train/1.png");
    assertEquals(
        List.of(within), of("1.png", "train/1.png", "train/notes.txt", "train/9.png").pictures());
    Path list = root.resolve("all.json");
    assertEquals(
        List.of(folder.resolve("2.png"), within),
        new ListedPaths(DataSource.of(list), list, List.of(within.toString(), "foxes/2.png"))
            .pictures());
  }

  @Test
  void missingPathIsReportedForThisFolderOnly() {
    ListedPaths paths = of();
    assertEquals(Optional.of(folder.resolve("3.png")), paths.missing("3.png"));
    assertEquals(Optional.empty(), paths.missing("1.png"));
    assertEquals(Optional.empty(), paths.missing("/old/3.png"));
  }
}
