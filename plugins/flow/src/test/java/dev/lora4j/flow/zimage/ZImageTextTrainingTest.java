package dev.lora4j.flow.zimage;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A language model that is trained with the transformer. */
class ZImageTextTrainingTest {
  @TempDir private Path folder = Path.of("");

  private void draw() throws IOException {
    BufferedImage picture = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = picture.createGraphics();
    pen.setColor(Color.ORANGE);
    pen.fillOval(2, 2, 9, 11);
    pen.dispose();
    ImageIO.write(picture, "png", folder.resolve("fox.png").toFile());
    Files.writeString(folder.resolve("fox.txt"), Goldens.PROMPT);
  }

  /** Loss of the first step, which is the base's. */
  private float loss(StableDiffusion sd, TargetPreset... presets) {
    StyleSettings plain = StyleSettings.DEFAULT.with(ObjectiveSettings.PLAIN);
    List<Float> losses = new ArrayList<>();
    TrainedStyle trained =
        StyleTrainer.on(sd)
            .settings(plain.with(plain.recipe().rank(2, 2).targets(TargetLayers.of(presets))))
            .steps(1)
            .images(folder)
            .run(step -> losses.add(step.loss()));
    boolean has =
        trained.adapter().sites().keySet().stream().anyMatch(n -> n.startsWith("text_encoder."));
    assertEquals(presets.length > 1, has);
    return losses.get(0);
  }

  @Test
  void theEncoderInTheStepGivesWhatCaptionsAreEncodedAs() throws IOException {
    draw();
    try (Lora4j lora = Lora4j.open();
        StableDiffusion sd = StableDiffusion.open(lora, TinyPipeline.ZIMAGE.source())) {
      float encoded = loss(sd, TargetPreset.ATTENTION);
      float staged = loss(sd, TargetPreset.ATTENTION, TargetPreset.TEXT_ENCODERS);
      // Encoded captions are rounded to F16 where they are kept.
      assertEquals(encoded, staged, 2e-3 * encoded);
    }
  }
}
