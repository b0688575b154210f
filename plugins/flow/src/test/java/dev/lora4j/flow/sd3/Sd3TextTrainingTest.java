package dev.lora4j.flow.sd3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.adapter.TargetPreset;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.style.StyleSettings;
import dev.lora4j.diffusion.style.StyleTrainer;
import dev.lora4j.diffusion.style.TrainedStyle;
import dev.lora4j.diffusion.train.objective.ObjectiveSettings;
import dev.lora4j.flow.Goldens;
import dev.lora4j.flow.TinyPipeline;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Text encoders that are trained with the transformer. */
class Sd3TextTrainingTest {
  private static final Lora4j LORA = Lora4j.open();

  @TempDir private Path folder = Path.of("");

  @AfterAll
  static void close() {
    LORA.close();
  }

  @BeforeEach
  void draw() throws IOException {
    Path pictures = Files.createDirectory(folder.resolve("pictures"));
    BufferedImage picture = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = picture.createGraphics();
    pen.setColor(Color.ORANGE);
    pen.fillOval(2, 2, 9, 11);
    pen.dispose();
    ImageIO.write(picture, "png", pictures.resolve("fox.png").toFile());
    Files.writeString(pictures.resolve("fox.txt"), Goldens.PROMPT);
  }

  private StyleTrainer trainer(StableDiffusion sd, TargetPreset... presets) {
    StyleSettings plain = StyleSettings.DEFAULT.with(ObjectiveSettings.PLAIN);
    return StyleTrainer.on(sd)
        .settings(plain.with(plain.recipe().rank(2, 2).targets(TargetLayers.of(presets))))
        .steps(2)
        .images(folder.resolve("pictures"));
  }

  /** Losses of the steps; the first is the base's. */
  private List<Float> losses(StableDiffusion sd, TargetPreset... presets) {
    List<Float> losses = new ArrayList<>();
    TrainedStyle trained = trainer(sd, presets).run(step -> losses.add(step.loss()));
    for (String part : List.of("text_encoder.", "text_encoder_2.")) {
      boolean has = trained.adapter().sites().keySet().stream().anyMatch(s -> s.startsWith(part));
      assertEquals(presets.length > 1, has, part);
    }
    return losses;
  }

  private void assertSame(StableDiffusion sd) {
    float encoded = losses(sd, TargetPreset.ATTENTION).get(0);
    float staged = losses(sd, TargetPreset.ATTENTION, TargetPreset.TEXT_ENCODERS).get(0);
    // Encoded captions are rounded to F16 where they are kept.
    assertEquals(encoded, staged, 2e-3 * encoded);
  }

  @Test
  void encodersInTheStepGiveWhatCaptionsAreEncodedAs() {
    try (StableDiffusion sd = StableDiffusion.open(LORA, Goldens.PIPELINE)) {
      assertSame(sd);
    }
  }

  @Test
  void withoutT5Too() {
    Path without = TinyPipeline.SD3.without(folder.resolve("base"), "text_encoder_3");
    try (StableDiffusion sd = StableDiffusion.open(LORA, without)) {
      assertSame(sd);
    }
  }

  @Test
  void captionsInChunksAreRefused() {
    try (StableDiffusion sd = StableDiffusion.open(LORA, Goldens.PIPELINE)) {
      StyleTrainer plain = trainer(sd, TargetPreset.ATTENTION);
      StyleTrainer chunked =
          plain.settings(
              StyleSettings.DEFAULT
                  .with(
                      StyleSettings.DEFAULT
                          .recipe()
                          .targets(TargetLayers.of(TargetPreset.ATTENTION)))
                  .withCaptionChunks(2));
      String message =
          String.valueOf(assertThrows(IllegalArgumentException.class, chunked::run).getMessage());
      assertTrue(message.contains("caption_chunks"), message);
    }
  }
}
