package dev.lora4j.emoji;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.dataset.PictureFolder;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.sampling.Samplers;
import java.awt.image.BufferedImage;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class EmojiSdTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final StableDiffusion SD = StableDiffusion.open(LORA, EmojiSd.folder());

  @AfterAll
  static void close() {
    SD.close();
    LORA.close();
  }

  private static int[] pixels(Prompt prompt) {
    BufferedImage image = SD.generate(prompt).image();
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }

  /** Share of the pixels that are not nearly white. */
  private static double covered(int[] pixels) {
    int count = 0;
    for (int p : pixels) {
      int darkest = Math.min(p >> 16 & 0xff, Math.min(p >> 8 & 0xff, p & 0xff));
      count += darkest < 200 ? 1 : 0;
    }
    return count / (double) pixels.length;
  }

  @Test
  void picturesHaveSomethingOnAWhiteGround() {
    for (String text : List.of("a fox", "a rocket", "cherries")) {
      int[] pixels = pixels(Prompt.of(text).seed(1));
      int corner = pixels[0];
      assertTrue((corner & 0xff) > 220 && (corner >> 8 & 0xff) > 220, text);
      assertTrue(covered(pixels) > 0.1 && covered(pixels) < 0.9, text + covered(pixels));
    }
  }

  @Test
  void defaultsAreDdimAtGuidanceThree() {
    Prompt fox = Prompt.of("a fox").seed(1).steps(3);
    assertEquals(fox.sampler(Samplers.DDIM).guidance(3).size(64, 64), SD.completed(fox));
    assertArrayEquals(pixels(fox.sampler("ddim").guidance(3)), pixels(fox));
    assertEquals(List.of(), SD.base().notes());
  }

  @Test
  void differentPromptsMakeDifferentPictures() {
    double difference = 0;
    int[] fox = pixels(Prompt.of("a fox").seed(1));
    int[] rocket = pixels(Prompt.of("a rocket").seed(1));
    for (int i = 0; i < fox.length; i++) {
      difference += Math.abs((fox[i] & 0xff) - (rocket[i] & 0xff));
    }
    assertTrue(difference / fox.length > 10);
  }

  @Test
  void seedsRepeatAndAdaptersLeaveNothingBehind() {
    Prompt plain = Prompt.of("a fox").seed(4).steps(5);
    int[] before = pixels(plain);
    var glossy = SD.adapter(EmojiSd.glossy());
    int[] with = pixels(plain.mix(MixPlan.of(glossy, 1)));
    assertFalse(java.util.Arrays.equals(before, with));
    assertArrayEquals(before, pixels(plain));
  }

  /** Four runs of the denoiser, alone and beside a style, in place of 20 steps of two. */
  @Test
  void fastAdapterDrawsInFourSteps() {
    var fast = SD.adapter(EmojiSd.fast());
    MixPlan styled = MixPlan.of(fast, 1).with(SD.adapter(EmojiSd.glossy()), 1);
    for (MixPlan mix : List.of(MixPlan.of(fast, 1), styled)) {
      Prompt fox = Prompt.of("a fox").seed(1).mix(mix);
      assertEquals(fox.sampler(Samplers.LCM).steps(4).guidance(1).size(64, 64), SD.completed(fox));
      int[] pixels = pixels(fox);
      assertTrue((pixels[0] & 0xff) > 220, "white ground");
      assertTrue(covered(pixels) > 0.1 && covered(pixels) < 0.9, "something on it");
    }
  }

  @Test
  void adaptersAreKnownByTheirNames() {
    for (String name : EmojiSd.adapters()) {
      assertTrue(java.nio.file.Files.exists(EmojiSd.adapter(name)), name);
    }
    IllegalArgumentException none =
        assertThrows(IllegalArgumentException.class, () -> EmojiSd.adapter("ink"));
    assertEquals("There is no bundled adapter 'ink'. There are fast, glossy.", none.getMessage());
  }

  @Test
  void styleSetIsCaptionedWithoutTheJudgedSubjects() {
    List<Picture> pictures = PictureFolder.read(EmojiSd.styleSet(), Recipe.SIDE, Recipe.SIDE);
    assertEquals(200, pictures.size());
    for (Picture picture : pictures) {
      assertFalse(picture.caption().isBlank(), picture.name());
      assertFalse(List.of("fox", "rocket", "owl").contains(picture.caption()), picture.name());
    }
  }
}
