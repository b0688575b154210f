package dev.lora4j.diffusion.dataset;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.diffusion.dataset.cache.CacheKey;
import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.diffusion.dataset.source.ArchiveColumns;
import dev.lora4j.diffusion.dataset.source.Augmentations;
import dev.lora4j.diffusion.dataset.source.DataSource;
import dev.lora4j.diffusion.dataset.source.MaskSource;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrawnPicturesTest {
  private static final int SEED = 1;

  @TempDir Path temporary;

  private TestFolder folder;

  @BeforeEach
  void makeFolder() {
    folder = new TestFolder(temporary.resolve("foxes"));
  }

  private static DataItem item(DataSource source) {
    return TestFolder.surveyed(1, source).usable().items().get(0);
  }

  @Test
  void pictureOfBucketSizeIsUnchanged() {
    folder.picture("a.png", 64, 64).text("a.txt", "a fox");
    DataItem item = item(folder.source());
    Picture picture = DrawnPictures.picture(TrainingDraw.of(item, SEED, 0, 0));
    assertArrayEquals(PictureFile.read(item.file()).decode().planes(), picture.rgb());
    assertEquals("a fox", picture.caption());
  }

  @Test
  void theMiddleIsTakenUnlessChanceDecides() {
    folder.picture("a.png", 110, 70).text("a.txt", "a fox");
    DataItem plain = item(folder.source());
    TrainingDraw middle = TrainingDraw.of(plain, SEED, 0, 0);
    assertEquals(plain.fit().spareX() / 2, middle.cropX());
    assertEquals(plain.fit().spareY() / 2, middle.cropY());
    DataItem moved = item(folder.source().with(new Augmentations(false, false, true)));
    Set<Integer> seen = new HashSet<>();
    for (int epoch = 0; epoch < 200; epoch++) {
      TrainingDraw draw = TrainingDraw.of(moved, SEED, epoch, 0);
      seen.add(draw.cropX() + draw.cropY());
      assertTrue(draw.cropX() <= moved.fit().spareX() && draw.cropY() <= moved.fit().spareY());
    }
    assertEquals(moved.fit().spareX() + moved.fit().spareY() + 1, seen.size());
  }

  @Test
  void halfOfTheDrawsAreMirrored() {
    folder.picture("a.png", 64, 64).text("a.txt", "a fox");
    DataItem item = item(folder.source().with(new Augmentations(true, false, false)));
    int flipped = 0;
    for (int epoch = 0; epoch < 400; epoch++) {
      TrainingDraw draw = TrainingDraw.of(item, SEED, epoch, 0);
      flipped += draw.flipped() ? 1 : 0;
      assertEquals(draw, TrainingDraw.of(item, SEED, epoch, 0));
    }
    assertEquals(200, flipped, 40);
    TrainingDraw mirrored = firstFlipped(item);
    Picture upright = DrawnPictures.picture(TrainingDraw.plain(item));
    assertArrayEquals(upright.flipped().rgb(), DrawnPictures.picture(mirrored).rgb());
  }

  private static TrainingDraw firstFlipped(DataItem item) {
    TrainingDraw draw = TrainingDraw.of(item, SEED, 0, 0);
    for (int epoch = 1; !draw.flipped(); epoch++) {
      draw = TrainingDraw.of(item, SEED, epoch, 0);
    }
    return draw;
  }

  @Test
  void coloursChangeALittle() {
    folder.picture("a.png", 64, 64).text("a.txt", "a fox");
    DataItem item = item(folder.source().with(new Augmentations(false, true, false)));
    byte[] plain = DrawnPictures.picture(TrainingDraw.plain(item)).rgb();
    int same = 0;
    for (int epoch = 0; epoch < 40; epoch++) {
      byte[] changed = DrawnPictures.picture(TrainingDraw.of(item, SEED, epoch, 0)).rgb();
      double sum = 0;
      for (int i = 0; i < plain.length; i++) {
        sum += Math.abs((plain[i] & 0xff) - (changed[i] & 0xff));
      }
      same += sum == 0 ? 1 : 0;
      assertTrue(sum / plain.length < 30, "mean change " + sum / plain.length);
    }
    assertEquals(27, same, 8);
  }

  @Test
  void hueJitterKeepsGrayAndMovesRed() {
    var gray = new dev.lora4j.diffusion.dataset.image.PixelMap(1, 1, 3, new byte[] {90, 90, 90});
    ColourJitter turn = new ColourJitter(16, 1);
    assertArrayEquals(gray.samples(), turn.of(gray).samples());
    var red = new dev.lora4j.diffusion.dataset.image.PixelMap(1, 1, 3, new byte[] {-56, 0, 0});
    var turned = turn.of(red);
    assertTrue(turned.at(0, 0, 1) > 20 && turned.at(0, 0, 2) == 0, "green " + turned.at(0, 0, 1));
  }

  @Test
  void transparentPlacesShowTheSourcesBackground() {
    folder.golden("alpha.png", "a.png").text("a.txt", "a scene");
    DataItem item = item(folder.source());
    Picture white = DrawnPictures.picture(TrainingDraw.plain(item));
    assertEquals(item.fit().bucket().width(), white.width());
    DataSource black =
        new DataSource(
            folder.path(),
            Optional.empty(),
            1,
            "",
            ".txt",
            DataSource.CAPTION_SOURCES,
            false,
            item.source().captions(),
            Augmentations.NONE,
            MaskSource.NONE,
            List.of(),
            0,
            0,
            ArchiveColumns.FOUND);
    TrainingDraw other = TrainingDraw.plain(item(black));
    assertTrue(mean(DrawnPictures.picture(other).rgb()) < mean(white.rgb()) - 50);
    assertNotEquals(
        DrawnPictures.key(CacheKey.of("latent"), other).digest(),
        DrawnPictures.key(CacheKey.of("latent"), TrainingDraw.plain(item)).digest());
  }

  private static double mean(byte[] bytes) {
    double sum = 0;
    for (byte b : bytes) {
      sum += b & 0xff;
    }
    return sum / bytes.length;
  }

  @Test
  void maskIsScaledToLatentsAndMirrored() throws IOException {
    TestFolder masks = new TestFolder(temporary.resolve("masks"));
    BufferedImage left = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 64; y++) {
      for (int x = 0; x < 20; x++) {
        left.setRGB(x, y, 0xffffff);
      }
    }
    ImageIO.write(left, "png", masks.path().resolve("a.png").toFile());
    folder.picture("a.png", 64, 64).text("a.txt", "a fox");
    DataItem item =
        item(
            folder
                .source()
                .with(new Augmentations(true, false, false))
                .with(new MaskSource(false, Optional.of(masks.path()))));
    float[] mask = DrawnPictures.mask(TrainingDraw.plain(item), 8).orElseThrow();
    assertEquals(64, mask.length);
    assertArrayEquals(
        new float[] {1, 1, 0.5f, 0, 0, 0, 0, 0}, java.util.Arrays.copyOf(mask, 8), 1e-6f);
    float[] mirrored = DrawnPictures.mask(firstFlipped(item), 8).orElseThrow();
    assertArrayEquals(
        new float[] {0, 0, 0, 0, 0, 0.5f, 1, 1}, java.util.Arrays.copyOf(mirrored, 8), 1e-6f);
  }

  @Test
  void transparencyIsAMaskOnRequest() {
    folder.golden("alpha.png", "a.png").text("a.txt", "a scene");
    folder.picture("b.png", 64, 64).text("b.txt", "a fox");
    DataSource source = folder.source().with(new MaskSource(true, Optional.empty()));
    var items = TestFolder.surveyed(1, source).items();
    float[] mask = DrawnPictures.mask(TrainingDraw.plain(items.get(0)), 8).orElseThrow();
    for (float share : mask) {
      assertTrue(share >= 0 && share <= 1);
    }
    assertEquals(Optional.empty(), DrawnPictures.mask(TrainingDraw.plain(items.get(1)), 8));
    assertEquals(
        Optional.empty(), DrawnPictures.mask(TrainingDraw.plain(item(folder.source())), 8));
  }

  @Test
  void fileChangedDuringTheRunIsRefused() {
    folder.picture("a.png", 64, 64).text("a.txt", "a fox");
    TrainingDraw draw = TrainingDraw.plain(item(folder.source()));
    folder.picture("a.png", 64, 72);
    String message =
        assertThrows(DataSetException.class, () -> DrawnPictures.picture(draw)).getMessage();
    assertTrue(message.contains("a.png has changed since the run began"), message);
  }

  @Test
  void mirroredPictureIsCroppedOnTheOtherSide() {
    folder.picture("a.png", 600, 100).text("a.txt", "a fox");
    DataItem item = item(folder.source().with(new Augmentations(true, false, true)));
    assertTrue(item.fit().spareX() > 0);
    TrainingDraw mirrored = firstFlipped(item);
    assertEquals(item.fit().spareX() - mirrored.cropX(), mirrored.shownCropX());
    assertEquals(TrainingDraw.plain(item).cropX(), TrainingDraw.plain(item).shownCropX());
  }

  @Test
  void thirdOfDrawsTurnHueOrGamma() {
    int turned = 0;
    int bent = 0;
    for (int i = 0; i < 2000; i++) {
      ColourJitter colour = ColourJitter.drawn(SeededNoise.of(7, i));
      assertTrue(colour.degrees() == 0 || colour.gamma() == 1, colour::toString);
      turned += colour.degrees() == 0 ? 0 : 1;
      bent += colour.gamma() == 1 ? 0 : 1;
    }
    assertEquals(330, turned, 60);
    assertEquals(330, bent, 60);
  }
}
