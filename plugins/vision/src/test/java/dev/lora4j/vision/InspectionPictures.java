package dev.lora4j.vision;

import dev.lora4j.core.train.SeededNoise;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * Made pictures of brushed metal, as a camera over a belt would see it: whole, with a scratch or
 * with a dent, under light from changing sides. Each depends on its number alone.
 */
final class InspectionPictures {
  /** Classes, as folders have them. */
  static final List<String> CLASSES = List.of("dent", "scratch", "whole");

  private static final int SIDE = 73;

  private InspectionPictures() {}

  /** Writes so many pictures of each class into folders. */
  static Path write(Path folder, int each) throws IOException {
    for (String kind : CLASSES) {
      Path own = Files.createDirectories(folder.resolve(kind));
      for (int i = 0; i < each; i++) {
        ImageIO.write(picture(kind, i), "png", own.resolve("%03d.png".formatted(i)).toFile());
      }
    }
    return folder;
  }

  private static BufferedImage picture(String kind, int number) {
    SeededNoise noise = SeededNoise.of(number, CLASSES.indexOf(kind));
    double[][] light = metal(noise);
    switch (kind) {
      case "scratch" -> scratch(light, noise);
      case "dent" -> dent(light, noise);
      default -> {}
    }
    double warm = 1 + 0.03 * noise.gaussian();
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        double value = light[y][x] + 0.015 * noise.gaussian();
        image.setRGB(x, y, level(value * warm) << 16 | level(value) << 8 | level(value / warm));
      }
    }
    return image;
  }

  private static int level(double value) {
    return (int) Math.max(0, Math.min(255, Math.round(255 * value)));
  }

  /** Fine lines along the brush, each fading in and out, and a slope of light. */
  private static double[][] metal(SeededNoise noise) {
    double[][] light = new double[SIDE][SIDE];
    double bright = 0.4 + 0.25 * noise.uniform();
    double grain = 0.02 + 0.03 * noise.uniform();
    double angle = 2 * Math.PI * noise.uniform();
    double slope = 0.15 * noise.uniform();
    boolean across = noise.uniform() < 0.5;
    for (int line = 0; line < SIDE; line++) {
      double own = noise.gaussian();
      double phase = 6 * noise.uniform();
      double pace = 0.03 + 0.1 * noise.uniform();
      for (int along = 0; along < SIDE; along++) {
        int x = across ? along : line;
        int y = across ? line : along;
        double tilt = (x * Math.cos(angle) + y * Math.sin(angle)) / SIDE;
        double brushed = own * (0.7 + 0.3 * Math.sin(phase + pace * along));
        light[y][x] = bright + slope * tilt + grain * brushed;
      }
    }
    return light;
  }

  /** A thin line, brighter on one side and darker on the other. */
  private static void scratch(double[][] light, SeededNoise noise) {
    double angle = Math.PI * noise.uniform();
    double middleX = SIDE * (0.3 + 0.4 * noise.uniform());
    double middleY = SIDE * (0.3 + 0.4 * noise.uniform());
    double half = 8 + 16 * noise.uniform();
    double depth = 0.06 + 0.1 * noise.uniform();
    double bend = 0.01 * noise.gaussian();
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        double along = (x - middleX) * Math.cos(angle) + (y - middleY) * Math.sin(angle);
        double beside =
            (y - middleY) * Math.cos(angle)
                - (x - middleX) * Math.sin(angle)
                + bend * along * along;
        if (Math.abs(along) < half) {
          double bright = Math.exp(-square(beside - 0.7)) - Math.exp(-square(beside + 0.7));
          light[y][x] += depth * bright;
        }
      }
    }
  }

  /** A shallow hollow: its sides are lit from one direction. */
  private static void dent(double[][] light, SeededNoise noise) {
    double angle = 2 * Math.PI * noise.uniform();
    double middleX = SIDE * (0.3 + 0.4 * noise.uniform());
    double middleY = SIDE * (0.3 + 0.4 * noise.uniform());
    double size = 4 + 5 * noise.uniform();
    double depth = 0.06 + 0.1 * noise.uniform();
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        double dx = (x - middleX) / size;
        double dy = (y - middleY) / size;
        double side = dx * Math.cos(angle) + dy * Math.sin(angle);
        light[y][x] += depth * 1.6 * side * Math.exp(-(dx * dx + dy * dy));
      }
    }
  }

  private static double square(double value) {
    return value * value;
  }
}
