package dev.lora4j.diffusion.preference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.diffusion.dataset.DataItem;
import dev.lora4j.diffusion.dataset.DataProblem;
import dev.lora4j.diffusion.dataset.DataSetException;
import dev.lora4j.diffusion.dataset.bucket.Bucketing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which pairs are found, which are held out, and what is told of those that cannot be used. */
class PicturePairsTest {
  @TempDir private Path folder;

  private static PicturePairs survey(Path pairs, double heldOut) {
    return PicturePairs.survey(
        pairs, new PairSettings(Bucketing.around(PairFiles.SIDE, 8), 2, 5, heldOut, 0));
  }

  private static List<String> errors(PicturePairs pairs) {
    return pairs.better().errors().stream().map(DataProblem::toString).toList();
  }

  @Test
  void picturesOfOneNameArePairs() {
    PairFiles.of(folder, 3);
    PicturePairs pairs = survey(folder, 0).usable(8);
    assertEquals(3, pairs.better().items().size());
    for (int i = 0; i < 3; i++) {
      DataItem better = pairs.better().items().get(i);
      DataItem worse = pairs.worse().items().get(i);
      assertEquals(folder.resolve("better/p" + i + ".png"), better.file());
      assertEquals(folder.resolve("worse/p" + i + ".png"), worse.file());
      assertEquals("thing " + i, better.caption());
      assertEquals(better.caption(), worse.caption());
      assertEquals(List.of(i, i), List.of(better.index(), worse.index()));
    }
  }

  @Test
  void listsNamePicturesBesideThem() {
    PairFiles files = PairFiles.of(folder, 2);
    Path list =
        files.text(
            "pairs.jsonl",
            """
            {"prompt": "a fox", "better": "better/p0.png", "worse": "worse/p0.png", "score": 1}

            {"prompt": " a cat ", "better": "better/p1.png", "worse": "worse/p0.png"}
            """);
    PicturePairs pairs = survey(list, 0).usable(8);
    assertEquals(
        List.of("a fox", "a cat"), pairs.better().items().stream().map(DataItem::caption).toList());
    assertEquals(
        pairs.worse().items().get(0).sha256(),
        pairs.worse().items().get(1).sha256(),
        "one picture in two pairs");
  }

  @Test
  void promptsAreHeldOutAsAWhole() {
    PairFiles files = PairFiles.of(folder, 6);
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 6; i++) {
      for (int k = 0; k < 6; k++) {
        lines.append(
            "{\"prompt\": \"thing %d\", \"better\": \"better/p%d.png\", \"worse\": \"worse/p%d.png\"}\n"
                .formatted(i % 3, i, k));
      }
    }
    PicturePairs pairs = survey(files.text("pairs.jsonl", lines.toString()), 0.2);
    Set<String> held =
        pairs.better().validation().stream().map(DataItem::caption).collect(Collectors.toSet());
    assertEquals(1, held.size());
    assertEquals(12, pairs.better().validation().size());
    assertEquals(
        pairs.better().validation().stream().map(DataItem::index).toList(),
        pairs.worse().validation().stream().map(DataItem::index).toList());
    assertTrue(pairs.better().training().stream().noneMatch(item -> held.contains(item.caption())));
  }

  @Test
  void rowsOfListsThatCannotBeUsedAreNamed() {
    PairFiles files = PairFiles.of(folder, 1);
    files.picture("small.png", 32, 64, 0);
    files.text("broken.png", "no picture");
    Path list =
        files.text(
            "pairs.jsonl",
            """
            {"prompt": "a", "better": "better/p0.png"}
            {"better": "better/p0.png", "worse": 3}
            [1]
            {"prompt": " ", "better": "better/p0.png", "worse": "worse/p0.png"}
            {"prompt": "a", "better": "better/p0.png", "worse": "gone.png"}
            {"prompt": "a", "better": "broken.png", "worse": "worse/p0.png"}
            {"prompt": "a", "better": "better/p0.png", "worse": "small.png"}
            {"prompt": "a", "better": "better/p0.png", "worse": "better/p0.png"}
            """);
    List<String> errors = errors(survey(list, 0));
    String expected = "; expected the texts \"prompt\", \"better\" and \"worse\".";
    assertEquals(
        List.of(
            list + " line 1 lacks \"worse\"" + expected,
            list + " line 2 lacks \"prompt\" and \"worse\"" + expected,
            list + " line 3 is no JSON object.",
            list + " line 4 has no prompt.",
            list
                + " line 5 names as worse "
                + folder.resolve("gone.png")
                + ", which does not exist.",
            list
                + " line 6 names as better "
                + folder.resolve("broken.png")
                + ", which is no picture that can be read; expected png, jpeg, webp, gif or bmp.",
            list
                + " line 7 has pictures of two sizes, better 64x64 pixels and worse 32x64; both get"
                + " the same noise.",
            list
                + " line 8 has the same picture as better and as worse, so nothing can be learned"
                + " of it."),
        errors);
    DataSetException e = assertThrows(DataSetException.class, () -> survey(list, 0).usable(8));
    assertTrue(String.valueOf(e.getMessage()).startsWith("8 things"), e.getMessage());
  }

  @Test
  void picturesOfFoldersThatLackTheOtherAreNamed() throws Exception {
    PairFiles files = PairFiles.of(folder, 3);
    Files.delete(folder.resolve("worse/p0.png"));
    Files.delete(folder.resolve("better/p1.png"));
    Files.delete(folder.resolve("better/p1.txt"));
    files.text("better/p2.txt", " ");
    assertEquals(
        List.of(
            folder.resolve("better/p0.png") + " has no picture of its name in worse.",
            folder.resolve("worse/p1.png") + " has no picture of its name in better.",
            folder + " pair p2 has no prompt."),
        errors(survey(folder, 0)));
    assertEquals(
        List.of(
            folder.resolve("better")
                + " has no folders better and worse; expected pictures of the same names in both."),
        errors(survey(folder.resolve("better"), 0)));
  }

  @Test
  void equalPixelsInOtherFilesAreEqual() throws Exception {
    PairFiles files = PairFiles.of(folder, 2);
    Path better = files.picture("better/p0.png", 64, 64, 0x123456);
    byte[] bytes = Files.readAllBytes(better);
    // An empty text chunk before the last one.
    byte[] chunk = {0, 0, 0, 2, 't', 'E', 'X', 't', 'a', 0, 0x1c, 0x19, (byte) 0xd6, 0x0a};
    byte[] other = new byte[bytes.length + chunk.length];
    int end = bytes.length - 12;
    System.arraycopy(bytes, 0, other, 0, end);
    System.arraycopy(chunk, 0, other, end, chunk.length);
    System.arraycopy(bytes, end, other, end + chunk.length, 12);
    Files.write(folder.resolve("worse/p0.png"), other);
    List<String> errors = errors(survey(folder, 0));
    assertEquals(1, errors.size(), errors.toString());
    assertTrue(errors.get(0).contains("pair p0 has the same picture"), errors.get(0));
  }

  @Test
  void contraryPairsAreWarnedOf() {
    PairFiles files = PairFiles.of(folder, 1);
    Path list =
        files.text(
            "pairs.jsonl",
            """
            {"prompt": "a", "better": "better/p0.png", "worse": "worse/p0.png"}
            {"prompt": "b", "better": "worse/p0.png", "worse": "better/p0.png"}
            {"prompt": "a", "better": "worse/p0.png", "worse": "better/p0.png"}
            """);
    PicturePairs pairs = survey(list, 0).usable(8);
    assertEquals(
        List.of(list + " line 3 says the contrary of line 1."),
        pairs.better().warnings().stream().map(DataProblem::toString).toList());
  }

  @Test
  void nothingIsLeftIfAllIsHeldOutOrListed() {
    PairFiles files = PairFiles.of(folder, 2);
    assertTrue(errors(survey(folder, 0.9)).toString().contains("all are held out; hold out fewer"));
    Path empty = files.text("pairs.jsonl", "\n");
    assertEquals(
        List.of(empty + " has no pairs; expected a line of JSON for each."),
        errors(survey(empty, 0)));
    assertThrows(
        IllegalArgumentException.class,
        () -> new PairSettings(Bucketing.around(64, 8), 1, 0, 1, 0));
  }
}
