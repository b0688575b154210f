package dev.lora4j.diffusion.dataset.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResamplingTest {
  @ParameterizedTest
  @CsvSource({"32, 32", "20, 60", "140, 90", "97, 25"})
  void theBytesArePillows(int width, int height) {
    PixelMap resized =
        Resampling.LANCZOS.resize(PictureFileTest.decoded("large.png"), width, height);
    PixelMap expected = PictureFileTest.decoded("large-" + width + "x" + height + ".expected.png");
    assertArrayEquals(expected.samples(), resized.samples());
  }
}
