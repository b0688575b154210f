package dev.lora4j.diffusion.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.diffusion.config.kohya.KohyaOptions;
import dev.lora4j.diffusion.dataset.DataSet;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalInt;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many steps epochs are. */
class EpochsTest {
  private static final int SIDE = 32;

  @TempDir private Path folder;

  /** sd-scripts: epochs * ceil(batches / accumulate). */
  @Test
  void incompleteAccumulationOfAnEpochIsAStep() throws IOException {
    for (int i = 0; i < 7; i++) {
      BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
      image.setRGB(0, 0, i);
      ImageIO.write(image, "png", folder.resolve("fox" + i + ".png").toFile());
    }
    SettingLayers layers = new SettingLayers(KohyaOptions::new);
    layers.set("out", folder.resolve("a.safetensors").toString(), "test");
    layers.set("images", folder.toString(), "test");
    layers.set("batch", 1L, "test");
    layers.set("gradient_accumulation", 4L, "test");
    layers.set("epochs", 3L, "test");
    layers.set("previews.every_epochs", 1L, "test");
    layers.set("validation.every_epochs", 2L, "test");
    layers.set("save.adapters_epochs", 3L, "test");
    RunSettings run = RunSettings.of(layers.values());
    DataSet data = DataSet.survey(run.groups(SIDE, 8), DataSet.Depth.HEADERS).usable();
    assertEquals(6, run.style(data).steps());
    assertEquals(2, run.previews(data).every());
    assertEquals(4, run.saving(data).validateEvery());
    assertEquals(OptionalInt.of(6), run.saving(data).adapterEvery());
  }
}
