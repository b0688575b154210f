package dev.lora4j.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.adapter.TargetPreset;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.style.StyleSettings;
import dev.lora4j.diffusion.style.StyleTrainer;
import dev.lora4j.diffusion.style.TrainedStyle;
import dev.lora4j.diffusion.train.objective.ObjectiveSettings;
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
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Contract of text encoders that are trained with the transformer. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class TextTrainingContract {
  /** Settings with a plain loss. */
  protected static final StyleSettings PLAIN = StyleSettings.DEFAULT.with(ObjectiveSettings.PLAIN);

  @TempDir private Path folder = Path.of("");

  private final Lora4j lora = Lora4j.open();
  private final TinyPipeline pipeline;
  private final List<String> encoders;

  /**
   * For a pipeline.
   *
   * @param encoders names of those that are trained
   */
  protected TextTrainingContract(TinyPipeline pipeline, String... encoders) {
    this.pipeline = pipeline;
    this.encoders = List.of(encoders);
  }

  @AfterAll
  void close() {
    lora.close();
  }

  @BeforeEach
  void draw() throws IOException {
    Files.createDirectory(pictures());
    BufferedImage picture = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = picture.createGraphics();
    pen.setColor(Color.ORANGE);
    pen.fillOval(2, 2, 9, 11);
    pen.dispose();
    ImageIO.write(picture, "png", pictures().resolve("fox.png").toFile());
    Files.writeString(pictures().resolve("fox.txt"), Goldens.PROMPT);
  }

  /** A folder with a picture and its caption. */
  protected final Path pictures() {
    return folder.resolve("pictures");
  }

  /** A folder that is not there yet. */
  protected final Path other() {
    return folder.resolve("base");
  }

  /** Loads a base. */
  protected final StableDiffusion open(Path base) {
    return StableDiffusion.open(lora, base);
  }

  /** Loss of the first step, which is the base's. */
  protected final float loss(StableDiffusion sd, StyleSettings asked, TargetPreset... presets) {
    List<Float> losses = new ArrayList<>();
    TrainedStyle trained =
        StyleTrainer.on(sd)
            .settings(asked.with(asked.recipe().rank(2, 2).targets(TargetLayers.of(presets))))
            .steps(2)
            .images(pictures())
            .run(step -> losses.add(step.loss()));
    for (String part : encoders) {
      boolean has =
          trained.adapter().sites().keySet().stream().anyMatch(s -> s.startsWith(part + "."));
      assertEquals(presets.length > 1, has, part);
    }
    assertEquals(2, losses.size());
    return losses.get(0);
  }

  /** Requires the same loss of texts that are encoded before and in the step. */
  protected final void assertSame(Path base) {
    try (StableDiffusion sd = open(base)) {
      float encoded = loss(sd, PLAIN, TargetPreset.ATTENTION);
      float staged = loss(sd, PLAIN, TargetPreset.ATTENTION, TargetPreset.TEXT_ENCODERS);
      // Encoded captions are rounded to F16 where they are kept.
      assertEquals(encoded, staged, 2e-3 * encoded);
    }
  }

  @Test
  void encodersInTheStepGiveWhatCaptionsAreEncodedAs() {
    assertSame(pipeline.source());
  }
}
