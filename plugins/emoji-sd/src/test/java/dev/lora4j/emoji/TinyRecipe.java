package dev.lora4j.emoji;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;

/** A recipe that is done in seconds, with an atlas of eight pictures in two styles. */
final class TinyRecipe {
  private static final int COLUMNS = 40;
  private static final int CONCEPTS = 4;

  private TinyRecipe() {}

  /** Writes recipe and atlas; the recipe's file. */
  static Path write(Path folder) throws IOException {
    Path data = Files.createDirectories(folder.resolve("atlas"));
    List<String> lines = new ArrayList<>();
    lines.add("index\tcodepoints\tname\tgroup\tkeywords\tstyles");
    for (int i = 0; i < CONCEPTS; i++) {
      lines.add(i + "\tx\tball " + i + "\tballs\tround, toy\tfull,hollow");
    }
    Files.writeString(data.resolve("concepts.tsv"), String.join("\n", lines) + "\n");
    for (String style : List.of("full", "hollow")) {
      int side = Recipe.SIDE;
      BufferedImage sheet = new BufferedImage(COLUMNS * side, side, BufferedImage.TYPE_INT_ARGB);
      Graphics2D g = sheet.createGraphics();
      for (int i = 0; i < CONCEPTS; i++) {
        g.setColor(Color.getHSBColor(i / (float) CONCEPTS, 1, 1));
        int x = i * side + 8;
        if (style.equals("full")) {
          g.fillOval(x, 8, 48, 40);
        } else {
          g.drawOval(x, 8, 48, 40);
        }
      }
      g.dispose();
      ImageIO.write(sheet, "png", data.resolve(style + "-" + side + ".png").toFile());
    }
    Path file = folder.resolve("tiny.toml");
    Files.writeString(file, text());
    return file;
  }

  private static String text() {
    return """
        kind = "base"
        data = "atlas"
        work = "work"
        seed = 3
        precision = "f32"
        checkpoint_minutes = 0
        [vae]
        styles = ["full", "hollow"]
        channels = [8, 8, 8, 8]
        latent_channels = 4
        groups = 4
        steps = 3
        batch = 2
        held_out = 2
        [text_encoder]
        vocabulary = 530
        tokens = 12
        width = 8
        feed_forward = 16
        layers = 1
        heads = 2
        [denoiser]
        styles = ["full", "hollow"]
        channels = [8, 16]
        heads = [2, 2]
        groups = 4
        steps = 3
        batch = 2
        held_out = 2
        [score]
        concepts = 0
        """;
  }
}
