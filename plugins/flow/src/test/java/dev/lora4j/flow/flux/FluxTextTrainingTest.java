package dev.lora4j.flow.flux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

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
import java.util.OptionalDouble;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Text encoders that are trained with the transformer, and the guidance scale it is told. */
class FluxTextTrainingTest {
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
  private float loss(StableDiffusion sd, OptionalDouble guidance, TargetPreset... presets) {
    StyleSettings plain = StyleSettings.DEFAULT.with(ObjectiveSettings.PLAIN);
    StyleSettings asked = guidance.isPresent() ? plain.withGuidance(guidance.getAsDouble()) : plain;
    List<Float> losses = new ArrayList<>();
    TrainedStyle trained =
        StyleTrainer.on(sd)
            .settings(asked.with(asked.recipe().rank(2, 2).targets(TargetLayers.of(presets))))
            .steps(1)
            .images(folder)
            .run(step -> losses.add(step.loss()));
    for (String part : List.of("text_encoder.", "text_encoder_2.")) {
      boolean has = trained.adapter().sites().keySet().stream().anyMatch(s -> s.startsWith(part));
      assertEquals(presets.length > 1, has, part);
    }
    return losses.get(0);
  }

  @Test
  void encodersAndGuidanceInTheStepAreThoseOfPictures() throws IOException {
    draw();
    try (Lora4j lora = Lora4j.open();
        StableDiffusion sd = StableDiffusion.open(lora, TinyPipeline.FLUX.source())) {
      float encoded = loss(sd, OptionalDouble.empty(), TargetPreset.ATTENTION);
      float staged =
          loss(sd, OptionalDouble.empty(), TargetPreset.ATTENTION, TargetPreset.TEXT_ENCODERS);
      // Encoded captions are rounded to F16 where they are kept.
      assertEquals(encoded, staged, 2e-3 * encoded);
      assertEquals(encoded, loss(sd, OptionalDouble.of(3.5), TargetPreset.ATTENTION));
      assertNotEquals(encoded, loss(sd, OptionalDouble.of(1), TargetPreset.ATTENTION));
    }
  }
}
