package dev.lora4j.diffusion.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.diffusion.dataset.bucket.Bucket;
import dev.lora4j.diffusion.dataset.bucket.Bucketing;
import dev.lora4j.diffusion.dataset.source.DataGroup;
import dev.lora4j.diffusion.dataset.source.DataSetFile;
import dev.lora4j.diffusion.dataset.source.DataSource;
import dev.lora4j.diffusion.dataset.source.MaskSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is found before training; each thing that can be wrong with a folder. */
class DataSetTest {
  @TempDir Path temporary;

  private TestFolder folder;

  @BeforeEach
  void makeFolder() {
    folder = new TestFolder(temporary.resolve("foxes"));
  }

  private DataSet surveyed() {
    return TestFolder.surveyed(2, folder.source());
  }

  /** That exactly this is wrong. */
  private static void only(
      DataProblem.Severity severity, String file, String sentence, DataSet set) {
    assertEquals(1, set.problems().size(), set.problems()::toString);
    DataProblem problem = set.problems().get(0);
    assertEquals(severity, problem.severity(), problem::toString);
    assertTrue(problem.file().endsWith(file), problem::toString);
    assertTrue(problem.sentence().contains(sentence), problem::toString);
  }

  private static void error(String file, String sentence, DataSet set) {
    only(DataProblem.Severity.ERROR, file, sentence, set);
    String message = assertThrows(DataSetException.class, set::usable).getMessage();
    assertTrue(message.contains(file) && message.contains(sentence), message);
  }

  private static void warning(String file, String sentence, DataSet set) {
    only(DataProblem.Severity.WARNING, file, sentence, set);
    assertEquals(set, set.usable());
  }

  @Test
  void goodFolderHasItemsAndNoProblems() {
    folder.picture("b.png", 96, 48).text("b.txt", "a red fox\n");
    folder.picture("a.png", 64, 70).text("a.txt", "a fox");
    DataSet set = surveyed();
    assertEquals(List.of(), set.problems());
    assertEquals(
        List.of("a fox", "a red fox"), set.items().stream().map(DataItem::caption).toList());
    DataItem wide = set.items().get(1);
    assertEquals(1, wide.index());
    assertEquals(new Bucket(88, 40), wide.fit().bucket());
    assertEquals(88 * 40 / (88.0 * 44), wide.fit().keptArea());
    assertTrue(wide.written());
    assertEquals(64, wide.sha256().length());
  }

  @Test
  void pictureSizeHeedsItsOrientation() {
    folder.golden("turned.webp", "a.webp").text("a.txt", "a scene");
    DataItem item = surveyed().items().get(0);
    assertEquals("48x32", item.width() + "x" + item.height());
  }

  @Test
  void missingFolderIsAnError() {
    error(
        "absent",
        "is no folder",
        TestFolder.surveyed(1, DataSource.of(temporary.resolve("absent"))));
  }

  @Test
  void emptyFolderIsAnError() {
    error("foxes", "holds no pictures (bmp, gif, jfif, jpe, jpeg, jpg, png, webp)", surveyed());
  }

  @Test
  void picturesOfUnsupportedFormatsAreWarnedOf() {
    folder.picture("a.png", 64, 64).text("a.txt", "a fox");
    folder.text("b.HEIC", "").text("c.tiff", "");
    warning("foxes", "has 2 pictures of kinds that are not read, such as b.HEIC", surveyed());
  }

  @Test
  void aPictureIsUnreadable() {
    folder.text("a.png", "no picture").text("a.txt", "a fox");
    error("a.png", "is no picture that can be read", surveyed());
  }

  @Test
  void aPictureIsCut() throws IOException {
    byte[] whole = Files.readAllBytes(TestFolder.GOLDEN.resolve("gray.jpg"));
    folder.bytes("a.jpg", Arrays.copyOf(whole, whole.length * 2 / 3)).text("a.txt", "a fox");
    error("a.jpg", "is cut off before its end", surveyed());
  }

  @Test
  void aPicturesPixelsAreDamaged() throws IOException {
    byte[] bytes = Files.readAllBytes(TestFolder.GOLDEN.resolve("gray.png"));
    Arrays.fill(bytes, 400, 700, (byte) 1);
    folder.bytes("a.png", bytes).text("a.txt", "a fox");
    error("a.png", "is damaged", surveyed());
  }

  @Test
  void aPictureIsOnePixel() {
    folder.picture("a.png", 1, 1).text("a.txt", "a fox");
    error("a.png", "has 1x1 pixels; a side needs at least 8", surveyed());
  }

  @Test
  void aPictureIsSmallerThanAStep() {
    folder.picture("a.png", 12, 30).text("a.txt", "a fox");
    Bucketing keep = new Bucketing(new Bucket(64, 64), true, 16, 128, 16, true);
    DataGroup group = new DataGroup(keep, 1, 0, List.of(folder.source()));
    error(
        "a.png",
        "has 12x30 pixels, less than bucket_reso_steps of 16",
        DataSet.survey(List.of(group), DataSet.Depth.HEADERS));
  }

  @Test
  void aBucketDoesNotFitTheBase() {
    folder.picture("a.png", 64, 64).text("a.txt", "a fox");
    folder.picture("b.png", 96, 48).text("b.txt", "a red fox");
    assertEquals(List.of(), surveyed().inUnits(8).problems());
    error(
        "b.png",
        "is trained in 88x40, and this base's sides are multiples of 16",
        surveyed().inUnits(16));
    assertEquals(List.of(), surveyed().within(88).problems());
    error(
        "b.png",
        "is trained in 88x40, and this base has positions for pictures of up to 80 pixels a side",
        surveyed().within(80));
  }

  @Test
  void picturesOfOneNameAreAnError() {
    folder.picture("a.png", 64, 64).picture("a.jpg", 64, 64).text("a.txt", "a fox");
    error("a.png", "has the same name as a.jpg but for its ending", surveyed());
    assertEquals(0, surveyed().items().size());
  }

  @Test
  void nonUtf8CaptionIsAnError() {
    folder.picture("a.png", 64, 64).bytes("a.txt", new byte[] {'f', (byte) 0xe9, 'e'});
    error("a.txt", "is not UTF-8 text", surveyed());
    folder.bytes("a.txt", "a fox".getBytes(java.nio.charset.StandardCharsets.UTF_16LE));
    error("a.txt", "holds bytes of 0", surveyed());
  }

  @Test
  void aCaptionIsMissing() {
    folder.picture("red_fox-3.png", 64, 64);
    warning("red_fox-3.png", "is captioned 'red fox 3' by its name", surveyed());
    DataSet named = TestFolder.surveyed(1, folder.source().at(folder.path(), 3, "sks fox"));
    assertEquals(List.of(), named.problems());
    assertEquals("sks fox", named.items().get(0).caption());
    assertEquals(false, named.items().get(0).written());
    assertEquals(3, named.items().get(0).repeats());
  }

  @Test
  void captionWithoutItsPictureIsReported() {
    folder.picture("a.png", 64, 64).text("b.txt", "a fox");
    DataSet set = TestFolder.surveyed(1, folder.source().at(folder.path(), 1, "fox"));
    error("b.txt", "belongs to no picture, while pictures beside it have no caption", set);
    folder.text("a.txt", "a fox");
    warning("b.txt", "belongs to no picture.", surveyed());
  }

  @ParameterizedTest
  @CsvSource({
    "fox_01.png, fox-1.txt, true",
    "fox.png, fox_caption.txt, true",
    "fox.png, fox.png.txt, true",
    "IMG_0001.png, IMG_0002.txt, true",
    "fox_01.png, LICENSE.txt, false",
    "fox_01.png, readme.txt, false",
    "1.png, sources.txt, false",
  })
  void strayTextIsErrorOnlyWithSimilarName(String picture, String text, boolean slip) {
    folder.picture(picture, 64, 64).text(text, "a text");
    DataSet set = TestFolder.surveyed(1, folder.source().at(folder.path(), 1, "fox"));
    if (slip) {
      error(text, "belongs to no picture, while pictures beside it have no caption", set);
    } else {
      warning(text, "belongs to no picture.", set);
    }
  }

  @Test
  void aCaptionIsEmptyOrMarked() {
    folder.picture("a.png", 64, 64).text("a.txt", " \n");
    warning("a.txt", "is empty", surveyed());
    folder.text("a.txt", "\ufeffa fox");
    warning("a.txt", "byte order mark", surveyed());
    assertEquals("a fox", surveyed().items().get(0).caption());
  }

  @Test
  void aCaptionLacksTheTrigger() {
    for (int i = 0; i < 10; i++) {
      folder.picture(i + ".png", 64, 64).text(i + ".txt", (i == 4 ? "" : "sks, ") + "fox " + i);
    }
    warning("4.png", "has a caption without 'sks'", surveyed());
  }

  @Test
  void aPictureIsMuchTooSmall() {
    folder.picture("a.png", 20, 20).text("a.txt", "a fox");
    warning("a.png", "has 20x20 pixels and is enlarged 3.2 times", surveyed());
  }

  @Test
  void strongCroppingIsWarnedOf() {
    folder.picture("a.png", 600, 100).text("a.txt", "a fox");
    warning("a.png", "is cut to 128x32, which keeps 67 % of it", surveyed());
  }

  @Test
  void duplicatePictureIsWarnedOf() {
    folder.golden("large.png", "a.png").text("a.txt", "a fox");
    folder.golden("large.png", "b.png").text("b.txt", "a fox");
    only(
        DataProblem.Severity.WARNING,
        "b.png",
        "is the same picture as",
        TestFolder.surveyed(1, folder.source()));
  }

  @Test
  void aListHasTheCaptions() {
    folder.picture("a.png", 64, 64).picture("b.png", 64, 64).text("b.txt", "from the file");
    folder.text("metadata.jsonl", "{\"file_name\": \"a.png\", \"text\": \"from the list\"}");
    DataSet set = surveyed();
    assertEquals(List.of(), set.problems());
    assertEquals(
        List.of("from the list", "from the file"),
        set.items().stream().map(DataItem::caption).toList());
    folder.text("metadata.jsonl", "{\"file_name\": \"c.png\", \"text\": \"c\"}").text("a.txt", "a");
    error("c.png", "has a caption in the list but is not there", surveyed());
  }

  @Test
  void aListNamesPicturesOfFoldersWithin() {
    new TestFolder(folder.path().resolve("train")).picture("1.png", 64, 64);
    folder.text("metadata.jsonl", "{\"file_name\": \"train/1.png\", \"text\": \"a fox\"}");
    DataSet set = surveyed();
    assertEquals(List.of(), set.problems());
    assertEquals(folder.path().resolve("train/1.png"), set.items().get(0).file());
    assertEquals("a fox", set.items().get(0).caption());
  }

  @Test
  void captionListAloneNamesThePictures() throws IOException {
    folder.picture("1.png", 64, 64).picture("2.png", 64, 64);
    String file = folder.path().resolve("1.png").toString().replace('\\', '/');
    Files.writeString(temporary.resolve("all.json"), "{\"" + file + "\": {\"tags\": \"a fox\"}}");
    Files.writeString(
        temporary.resolve("data.toml"),
        "[[datasets]]\n[[datasets.subsets]]\nmetadata_file = 'all.json'");
    List<DataGroup> groups = DataSetFile.read(temporary.resolve("data.toml"));
    DataSet set = DataSet.survey(groups, DataSet.Depth.HEADERS);
    assertEquals(List.of("a fox"), set.items().stream().map(DataItem::caption).toList());
    assertEquals(List.of(), set.errors());
  }

  @Test
  void captionListDistinguishesPicturesOfOneName() {
    folder.picture("a.png", 64, 64).picture("a.jpg", 64, 64);
    folder.text(
        "metadata.jsonl",
        "{\"file_name\": \"a.png\", \"text\": \"a fox\"}\n"
            + "{\"file_name\": \"a.jpg\", \"text\": \"an owl\"}");
    DataSet set = surveyed();
    assertEquals(List.of(), set.problems());
    assertEquals(List.of("an owl", "a fox"), set.items().stream().map(DataItem::caption).toList());
  }

  @Test
  void aListsCaptionIsNeverGuessed() {
    folder.picture("a.png", 64, 64);
    folder.text(
        "metadata.jsonl",
        "{\"file_name\": \"/old/x/a.png\", \"text\": \"a fox\"}\n"
            + "{\"file_name\": \"/old/y/a.png\", \"text\": \"an owl\"}");
    error("a.png", "may be any of /old/x/a.png, /old/y/a.png in the list", surveyed());
    folder.text("metadata.jsonl", "{\"file_name\": \"a\", \"text\": \"a fox\"}");
    folder.picture("a.jpg", 64, 64);
    error("a.png", "and a.jpg are both meant by a in the list", surveyed());
  }

  @Test
  void captionsOfOtherFoldersAreWarnedOf() throws IOException {
    folder.picture("a.png", 64, 64);
    new TestFolder(temporary.resolve("hens")).picture("a.png", 64, 64);
    folder.text(
        "metadata.jsonl",
        "{\"file_name\": \"a.png\", \"text\": \"a fox\"}\n"
            + "{\"file_name\": \"../hens/a.png\", \"text\": \"a hen\"}");
    warning("metadata.jsonl", "has 1 caption of files in other folders", surveyed());
    assertEquals("a fox", surveyed().items().get(0).caption());
  }

  @Test
  void aMaskHasAnotherSize() {
    TestFolder masks = new TestFolder(temporary.resolve("masks")).picture("a.png", 64, 32);
    folder.picture("a.png", 64, 64).text("a.txt", "a fox");
    MaskSource masking = new MaskSource(false, Optional.of(masks.path()));
    error(
        "a.png",
        "is a mask of 64x32 pixels for a picture of 64x64",
        TestFolder.surveyed(1, folder.source().with(masking)));
    error(
        "none",
        "is no folder of masks",
        TestFolder.surveyed(
            1,
            folder.source().with(new MaskSource(false, Optional.of(temporary.resolve("none"))))));
  }

  private DataSet masked(TestFolder masks) {
    MaskSource masking = new MaskSource(false, Optional.of(masks.path()));
    return TestFolder.surveyed(1, folder.source().with(masking));
  }

  @Test
  void aMasksPixelsAreDamaged() throws IOException {
    byte[] bytes = Files.readAllBytes(TestFolder.GOLDEN.resolve("gray.png"));
    TestFolder masks = new TestFolder(temporary.resolve("masks")).bytes("a.png", bytes);
    folder.bytes("a.png", bytes).text("a.txt", "a fox");
    DataItem item = masked(masks).usable().items().get(0);
    assertEquals(Optional.of(item.sha256()), item.maskSha256());
    Arrays.fill(bytes, 400, 700, (byte) 1);
    masks.bytes("a.png", bytes);
    List<DataProblem> errors = masked(masks).errors();
    assertEquals(1, errors.size(), errors::toString);
    assertEquals(masks.path().resolve("a.png"), errors.get(0).file());
    assertTrue(errors.get(0).sentence().startsWith("is damaged"), errors::toString);
    String changed =
        assertThrows(DataSetException.class, () -> DrawnPictures.mask(TrainingDraw.plain(item), 8))
            .getMessage();
    assertTrue(changed.contains("has changed since the run began"), changed);
  }

  @Test
  void masksAndPicturesWithoutCounterpartAreReported() {
    TestFolder masks =
        new TestFolder(temporary.resolve("masks")).picture("a.png", 64, 64).picture("c.png", 8, 8);
    folder.picture("a.png", 64, 64).text("a.txt", "a fox");
    warning("c.png", "is a mask of no picture", masked(masks));
    masks = new TestFolder(temporary.resolve("others")).picture("a.png", 64, 64);
    folder.picture("b.png", 64, 64).text("b.txt", "an owl");
    warning("b.png", "has no mask of its name in", masked(masks));
    masks.picture("b.png", 64, 64).picture("a.jpg", 64, 64);
    error("others/a.png", "is a second mask of the name of a.jpg", masked(masks));
  }

  @Test
  void errorsAreReportedTogether() {
    folder.text("a.png", "no picture").picture("b.png", 1, 1);
    folder.picture("c.png", 64, 64).bytes("c.txt", new byte[] {(byte) 0xff});
    DataSource absent = DataSource.of(temporary.resolve("absent"));
    DataSet set = TestFolder.surveyed(1, folder.source(), absent);
    String message = assertThrows(DataSetException.class, set::usable).getMessage();
    assertTrue(message.startsWith("4 things have to be put right first:"), message);
    for (String name : List.of("a.png", "b.png", "c.txt", "absent")) {
      assertTrue(message.contains(name), message);
    }
  }

  @Test
  void heldOutShareStaysAsPicturesAreAdded() {
    for (int i = 0; i < 20; i++) {
      folder.picture(i + ".png", 64, 64).text(i + ".txt", "fox " + i);
    }
    DataSource source = folder.source().holdingOut(0.25);
    List<Path> held =
        TestFolder.surveyed(1, source).validation().stream().map(DataItem::file).toList();
    assertEquals(5, held.size());
    assertEquals(15, TestFolder.surveyed(1, source).training().size());
    folder.picture("20.png", 64, 64).text("20.txt", "fox 20");
    List<Path> now =
        TestFolder.surveyed(1, source).validation().stream().map(DataItem::file).toList();
    assertTrue(now.stream().filter(held::contains).count() >= 4, now::toString);
  }

  @Test
  void holdingOutEverythingIsAnError() {
    folder.picture("a.png", 64, 64).text("a.txt", "a fox");
    error(
        "foxes",
        "nothing is left to train on",
        TestFolder.surveyed(1, folder.source().holdingOut(1)));
  }

  @Test
  void regularisationPicturesAreAsManyAsTheOthers() {
    TestFolder prior = new TestFolder(temporary.resolve("prior"));
    for (int i = 0; i < 3; i++) {
      folder.picture(i + ".png", 64, 64).text(i + ".txt", "sks fox");
      prior.picture("p" + i + ".png", 64, 64).text("p" + i + ".txt", "fox");
    }
    DataSource learned = folder.source().at(folder.path(), 5, "");
    DataSet set = TestFolder.surveyed(1, learned, prior.source().regularising(true));
    assertEquals(List.of(5, 5, 5, 5, 5, 5), set.items().stream().map(DataItem::repeats).toList());
    DataSource once = folder.source();
    set = TestFolder.surveyed(1, once, prior.source().at(prior.path(), 2, "").regularising(true));
    assertEquals(List.of(1, 1, 1, 2, 2), set.items().stream().map(DataItem::repeats).toList());
    only(DataProblem.Severity.WARNING, "p2.png", "is left out", set);
  }
}
