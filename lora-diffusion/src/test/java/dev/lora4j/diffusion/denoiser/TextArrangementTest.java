package dev.lora4j.diffusion.denoiser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.model.text.HiddenLayer;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.diffusion.clip.ClipText;
import dev.lora4j.diffusion.clip.ClipTextConfig;
import dev.lora4j.diffusion.denoiser.TextArrangement.Output;
import dev.lora4j.diffusion.denoiser.TextArrangement.Part;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextArrangementTest {
  private static final HiddenLayer BEFORE_LAST = new HiddenLayer(1, false);
  private static final TextEncoderNetwork CLIP =
      new ClipText(new ClipTextConfig(10, 8, 16, 3, 2, 77, 1e-5, true));

  @Test
  void stretchesFollowEachOther() {
    Part first = new Part(0, 0, BEFORE_LAST, true, true);
    Part second = new Part(1, 256, HiddenLayer.LAST, false, false);
    assertEquals(2, new TextArrangement(List.of(first, first, second), 0).stretches());
    assertThrows(
        IllegalArgumentException.class, () -> new TextArrangement(List.of(second, first), 0));
    Part third = new Part(2, 0, BEFORE_LAST, true, true);
    assertThrows(
        IllegalArgumentException.class, () -> new TextArrangement(List.of(first, third), 0));
  }

  @Test
  void clipSkipCountsWhereItIsDeclared() {
    assertEquals(new HiddenLayer(3, false), new Part(0, 0, BEFORE_LAST, true, true).view(2));
    assertEquals(HiddenLayer.LAST, new Part(0, 0, HiddenLayer.LAST, false, false).view(2));
  }

  @Test
  void anEncoderIsGivenNoMoreThanItsPlaces() {
    TextArrangement arrangement =
        new TextArrangement(
            List.of(
                new Part(0, 0, BEFORE_LAST, true, true),
                new Part(0, 40, BEFORE_LAST, true, true),
                new Part(0, 256, BEFORE_LAST, true, true)),
            0);
    assertEquals(77, arrangement.tokens(0, CLIP));
    assertEquals(40, arrangement.tokens(1, CLIP));
    assertEquals(77, arrangement.tokens(2, CLIP));
  }

  @Test
  void aBoundCountsForStatedNumbersOfTokens() {
    TextArrangement arrangement =
        new TextArrangement(
            List.of(
                new Part(0, 0, BEFORE_LAST, true, true),
                new Part(1, 256, HiddenLayer.LAST, false, false)),
            512);
    TextArrangement fewer = arrangement.within(20);
    assertEquals(77, fewer.tokens(0, CLIP));
    assertEquals(20, fewer.tokens(1, CLIP));
    assertEquals(20, fewer.emptyTokens());
    assertEquals(arrangement, arrangement.within(512));
    assertThrows(IllegalArgumentException.class, () -> arrangement.within(0));
    TextArrangement clip = new TextArrangement(arrangement.parts().subList(0, 1), 512);
    assertEquals(0, clip.within(0).emptyTokens());
  }

  @Test
  void noEncoderEndsBesideAnother() {
    Part words = new Part(0, 0, HiddenLayer.LAST, false, Output.WORDS);
    Part text = new Part(0, 0, HiddenLayer.LAST, false, Output.TEXT);
    assertThrows(
        IllegalArgumentException.class, () -> new TextArrangement(List.of(words, text), 0));
    assertThrows(
        IllegalArgumentException.class, () -> new TextArrangement(List.of(text, words), 0));
    Part behind = new Part(1, 0, HiddenLayer.LAST, false, Output.TEXT);
    assertEquals(2, new TextArrangement(List.of(words, behind), 0).stretches());
  }

  @Test
  void textsThatEndHaveOneChunk() {
    Part words = new Part(0, 0, HiddenLayer.LAST, false, Output.WORDS);
    Part text = new Part(0, 0, HiddenLayer.LAST, false, Output.TEXT);
    assertTrue(new TextArrangement(List.of(words), 0).together());
    assertFalse(new TextArrangement(List.of(text), 0).together());
    assertTrue(text.words() && !text.pooled() && text.endsCount(CLIP));
    assertFalse(words.endsCount(CLIP));
  }
}
