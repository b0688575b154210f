package dev.lora4j.diffusion.dataset;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.diffusion.dataset.cache.CacheKey;
import dev.lora4j.diffusion.dataset.source.Augmentations;
import dev.lora4j.diffusion.dataset.source.DataSource;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reference pictures of the pictures of a folder. */
class ReferencesTest {
  @TempDir private Path temporary = Path.of("");

  @SuppressWarnings("NullAway.Init")
  private TestFolder pictures;

  @SuppressWarnings("NullAway.Init")
  private TestFolder references;

  @BeforeEach
  void folders() {
    pictures = new TestFolder(temporary.resolve("after")).picture("a.png", 64, 64);
    pictures.text("a.txt", "make it blue");
    references = new TestFolder(temporary.resolve("before"));
  }

  private DataSource source(TestFolder... folders) {
    return pictures.source().references(Stream.of(folders).map(TestFolder::path).toList());
  }

  private static void error(DataSet data, String sentence) {
    List<DataProblem> errors = data.errors();
    assertTrue(errors.toString().contains(sentence), errors::toString);
  }

  @Test
  void pictureIsFoundByItsName() {
    references.picture("a.jpg", 96, 64).picture("other.png", 64, 64);
    DataSet data = TestFolder.surveyed(1, source(references)).usable();
    ReferencePicture one = data.items().get(0).references().get(0);
    assertEquals(references.path().resolve("a.jpg"), one.file());
    assertEquals(data.items().get(0).fit().bucket(), one.fit().bucket());
    assertEquals(1, data.references());
  }

  @Test
  void onesOfSeveralFoldersComeInTheirOrder() {
    references.picture("a.png", 64, 64);
    TestFolder hats = new TestFolder(temporary.resolve("hats")).picture("a.png", 32, 64);
    DataSet data = TestFolder.surveyed(1, source(hats, references)).usable();
    List<Path> files =
        data.items().get(0).references().stream().map(ReferencePicture::file).toList();
    assertEquals(List.of(hats.path().resolve("a.png"), references.path().resolve("a.png")), files);
  }

  @Test
  void missingOneIsAnError() {
    references.picture("b.png", 64, 64);
    error(
        TestFolder.surveyed(1, source(references)),
        "has no reference picture of its name in " + references.path());
    error(
        TestFolder.surveyed(1, pictures.source().references(List.of(temporary.resolve("none")))),
        "no folder of reference pictures");
  }

  @Test
  void twoOfOneNameAreAnError() {
    references.picture("a.png", 64, 64).picture("a.jpg", 64, 64);
    error(TestFolder.surveyed(1, source(references)), "is a second reference picture");
  }

  @Test
  void damagedOneIsAnError() {
    references.text("a.png", "no picture");
    assertEquals(1, TestFolder.surveyed(1, source(references)).errors().size());
  }

  @Test
  void foldersWithMoreThanOthersAreAnError() {
    references.picture("a.png", 64, 64);
    TestFolder plain = new TestFolder(temporary.resolve("plain")).picture("c.png", 64, 64);
    plain.text("c.txt", "a fox");
    error(TestFolder.surveyed(1, source(references), plain.source()), "give all folders as many");
  }

  @Test
  void whatChangesThePictureAloneIsAnError() {
    references.picture("a.png", 64, 64);
    DataSource cropped = source(references).with(new Augmentations(false, false, true));
    error(TestFolder.surveyed(1, cropped), "random_crop and color_aug");
  }

  @Test
  void basesThatSeeFewerAreNamed() {
    references.picture("a.png", 64, 64);
    DataSet data = TestFolder.surveyed(1, source(references, references)).usable();
    error(data.referring(0), "this base takes none, as FLUX.1 Kontext and FLUX.2 do");
    error(data.referring(1), "has 2 reference pictures");
    assertTrue(data.referring(2).errors().isEmpty());
  }

  @Test
  void referenceIsMirroredWithItsPicture() {
    references.golden("alpha.png", "a.png");
    DataSource source = source(references).with(new Augmentations(true, false, false));
    DataItem item = TestFolder.surveyed(1, source).usable().items().get(0);
    TrainingDraw plain = TrainingDraw.plain(item);
    TrainingDraw flipped =
        new TrainingDraw(item, 0, 0, "", true, plain.cropX(), plain.cropY(), plain.colour());
    Picture own = DrawnPictures.reference(plain, 0);
    Picture turned = DrawnPictures.reference(flipped, 0);
    assertEquals(item.fit().bucket().width(), own.width());
    int width = own.width();
    byte[] mirrored = new byte[own.rgb().length];
    for (int i = 0; i < mirrored.length; i++) {
      mirrored[i] = own.rgb()[i - i % width + width - 1 - i % width];
    }
    assertArrayEquals(mirrored, turned.rgb());
    CacheKey key = CacheKey.of("latent");
    assertNotEquals(
        DrawnPictures.referenceKey(key, plain, 0).digest(),
        DrawnPictures.referenceKey(key, flipped, 0).digest());
    assertNotEquals(
        DrawnPictures.referenceKey(key, plain, 0).digest(), DrawnPictures.key(key, plain).digest());
  }
}
