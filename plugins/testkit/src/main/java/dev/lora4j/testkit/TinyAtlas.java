package dev.lora4j.testkit;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * A folder of atlases of eight pictures: balls of four colours, {@code full} and {@code hollow}.
 */
public final class TinyAtlas {
  private static final int COLUMNS = 40;
  private static final int CONCEPTS = 4;
  private static final int SIDE = 64;

  private TinyAtlas() {}

  /** Writes it into a folder, which is made if it is not there. */
  public static void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    List<String> lines = new ArrayList<>();
    lines.add("index\tcodepoints\tname\tgroup\tkeywords\tstyles");
    for (int i = 0; i < CONCEPTS; i++) {
      lines.add(i + "\tx\tball " + i + "\tballs\tround, toy\tfull,hollow");
    }
    Files.writeString(folder.resolve("concepts.tsv"), String.join("\n", lines) + "\n");
    for (String style : List.of("full", "hollow")) {
      BufferedImage sheet = new BufferedImage(COLUMNS * SIDE, SIDE, BufferedImage.TYPE_INT_ARGB);
      Graphics2D g = sheet.createGraphics();
      for (int i = 0; i < CONCEPTS; i++) {
        g.setColor(Color.getHSBColor(i / (float) CONCEPTS, 1, 1));
        int x = i * SIDE + 8;
        if (style.equals("full")) {
          g.fillOval(x, 8, 48, 40);
        } else {
          g.drawOval(x, 8, 48, 40);
        }
      }
      g.dispose();
      ImageIO.write(sheet, "png", folder.resolve(style + "-" + SIDE + ".png").toFile());
    }
  }
}
