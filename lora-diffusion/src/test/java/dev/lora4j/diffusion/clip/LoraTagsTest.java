package dev.lora4j.diffusion.clip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tags as AUTOMATIC1111's extra networks read them: first the text encoders, then the denoiser. */
class LoraTagsTest {
  @ParameterizedTest
  @CsvSource({
    "<lora:ink>, 1, ",
    "<lora:ink:0.7>, 0.7, ",
    "<lora:ink:0.3:0.7>, 0.7, 0.3",
    "<lora:ink:0.5:0.5>, 0.5, ",
    "<lora:ink:0.7:te=0.3>, 0.3, ",
    "<lora:ink:te=0.3:unet=0.7>, 0.7, 0.3",
    "<lora:ink:0.7:unet=0.9>, 0.9, 0.7",
    "<lora:ink:unet=0>, 0, 1",
    "<lora:ink:0.2:0.4:te=0.6>, 0.4, 0.6"
  })
  void weightsOfTextEncodersAndDenoiser(String tag, double weight, Double text) {
    LoraTags tags = LoraTags.of("a fox " + tag);
    assertEquals("a fox", tags.text());
    assertEquals(List.of(new LoraTags.Tag("ink", weight, Optional.ofNullable(text))), tags.tags());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<lora:ink:much>",
        "<lora:ink:1:2:3>",
        "<lora:ink:dyn=4>",
        "<lora:ink:te=>",
        "<lora:ink:>"
      })
  void otherFormsAreRefused(String tag) {
    Exception refused = assertThrows(IllegalArgumentException.class, () -> LoraTags.of(tag));
    assertTrue(String.valueOf(refused.getMessage()).contains("<lora:NAME:WEIGHT>"));
  }

  @Test
  void incompleteTagIsText() {
    assertEquals("a <fox> <lora>", LoraTags.of("a <fox> <lora>").text());
  }
}
