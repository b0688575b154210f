package dev.lora4j.server.a1111;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonPrimitive;
import dev.lora4j.diffusion.dataset.image.PixelMap;
import dev.lora4j.server.http.HttpProblem;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class InitImageFieldsTest {
  private static PixelMap plain(int width, int height, int value) {
    byte[] samples = new byte[width * height * 3];
    Arrays.fill(samples, (byte) value);
    return new PixelMap(width, height, 3, samples);
  }

  /** Open at the right of a column. */
  private static SoftMask right(int width, int height, int column) {
    float[] share = new float[width * height];
    for (int i = 0; i < share.length; i++) {
      share[i] = i % width >= column ? 1 : 0;
    }
    return new SoftMask(width, height, share);
  }

  @Test
  void resizedPicturesHaveTheWantedSize() {
    for (ResizeMode mode : ResizeMode.values()) {
      for (int[] size : new int[][] {{40, 20}, {20, 40}, {8, 8}, {10, 30}}) {
        PixelMap resized = mode.resized(plain(10, 30, 77), size[0], size[1]);
        assertEquals(size[0], resized.width());
        assertEquals(size[1], resized.height());
        assertArrayEquals(plain(size[0], size[1], 77).samples(), resized.samples(), "" + mode);
      }
    }
  }

  @Test
  void blurKeepsAStraightEdge() {
    SoftMask hard = right(64, 16, 32);
    SoftMask soft = hard.blurred(4, 4);
    for (int i = 0; i < hard.share().length; i++) {
      assertEquals(hard.open(i), soft.open(i), "pixel " + i);
    }
    assertTrue(soft.share()[34] < 0.9 && soft.share()[34] > 0.5);
  }

  @Test
  void fillTakesColoursOfTheSurroundings() {
    PixelMap picture = plain(32, 32, 200);
    for (int i = 0; i < picture.samples().length; i++) {
      if (i / 3 % 32 >= 16) {
        picture.samples()[i] = 0;
      }
    }
    PixelMap filled = MaskFill.of(picture, right(32, 32, 16));
    assertEquals(200, filled.at(5, 5, 0));
    assertEquals(200, filled.at(25, 20, 1), 2);
  }

  @Test
  void pixelsAreCountedBeforeTheyAreUnpacked() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(3000, 3000, BufferedImage.TYPE_BYTE_BINARY), "png", bytes);
    JsonPrimitive file = new JsonPrimitive(Base64.getEncoder().encodeToString(bytes.toByteArray()));
    SentPictures sent = new SentPictures();
    assertEquals(3000, sent.pixels("a", file).width());
    HttpProblem problem = assertThrows(HttpProblem.class, () -> sent.pixels("b", file));
    assertTrue(problem.message().startsWith("b has 3000x3000 pixels"), problem.message());
  }

  @Test
  void boxesTakeTheProportionsOfThePicture() {
    Box box = right(64, 64, 60).bounds().orElseThrow();
    assertEquals(new Box(60, 0, 4, 64), box);
    assertEquals(new Box(0, 0, 64, 64), box.proportioned(32, 32, 64, 64));
    assertEquals(new Box(32, 0, 32, 64), box.proportioned(32, 64, 64, 64));
    assertEquals(new Box(58, 0, 6, 64), box.padded(2, 64, 64));
    assertEquals(Optional.empty(), right(8, 8, 8).bounds());
  }
}
