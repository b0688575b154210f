package dev.lora4j.vision;

import dev.lora4j.core.train.SeededNoise;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Pictures by formulas. */
public final class MadePictures {
  private MadePictures() {}

  /** Folders of stripes, across and down, so many of each. */
  public static Path stripes(Path folder, int count) throws IOException {
    for (String kind : new String[] {"across", "down"}) {
      Path own = Files.createDirectories(folder.resolve(kind));
      for (int i = 0; i < count; i++) {
        SeededNoise noise = SeededNoise.of(i, kind.length());
        BufferedImage image = new BufferedImage(60, 60, BufferedImage.TYPE_INT_RGB);
        double phase = noise.uniform() * 6;
        double pace = 0.5 + noise.uniform() * 0.4;
        for (int y = 0; y < 60; y++) {
          for (int x = 0; x < 60; x++) {
            double at = kind.equals("across") ? y : x;
            double value = 127 + 100 * Math.sin(at * pace + phase) + 20 * noise.gaussian();
            int grey = (int) Math.max(0, Math.min(255, value));
            image.setRGB(x, y, grey << 16 | grey << 8 | grey);
          }
        }
        ImageIO.write(image, "png", own.resolve(i + ".png").toFile());
      }
    }
    return folder;
  }
}
