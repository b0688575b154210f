package dev.lora4j.spark;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/** A folder of pictures with captions. */
public final class ColouredPictures {
  private static final List<String> NAMES = List.of("red", "green", "blue", "grey", "pink");
  private static final List<Color> COLOURS =
      List.of(Color.RED, Color.GREEN, Color.BLUE, Color.GRAY, Color.PINK);

  private ColouredPictures() {}

  public static void write(Path folder) throws IOException {
    for (int i = 0; i < NAMES.size(); i++) {
      BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
      Graphics2D drawing = image.createGraphics();
      drawing.setColor(COLOURS.get(i));
      drawing.fillOval(8, 8 + 3 * i, 40, 40);
      drawing.dispose();
      ImageIO.write(image, "png", folder.resolve(NAMES.get(i) + ".png").toFile());
      Files.writeString(folder.resolve(NAMES.get(i) + ".txt"), "a " + NAMES.get(i) + " ball");
    }
  }
}
