package dev.lora4j.diffusion.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.diffusion.config.kohya.KohyaOptions;
import dev.lora4j.diffusion.dataset.DataSet;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether masks count, by what is said and what is there. */
class MasksOfRunsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"true, '', true", "false, '', false", "true, false, false", "false, true, true"})
  void maskedLossDefaultsToWhetherMasksExist(String alpha, String said, boolean counted)
      throws Exception {
    BufferedImage picture = new BufferedImage(64, 64, BufferedImage.TYPE_INT_ARGB);
    ImageIO.write(picture, "png", folder.resolve("a.png").toFile());
    SettingLayers layers = new SettingLayers(KohyaOptions::new);
    layers.set("out", "a.safetensors", "test");
    layers.set("images", folder.toString(), "test");
    layers.setText("alpha_mask", alpha, "test");
    layers.setText("masked_loss", said, "test");
    RunSettings run = RunSettings.of(layers.values());
    DataSet data = DataSet.survey(run.groups(64, 8), DataSet.Depth.HEADERS);
    assertEquals(counted, run.style(data).objective().loss().masked());
  }
}
