package dev.lora4j.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/** What a command printed and its exit code. */
public record Run(int code, String out, String err) {
  /** A random model of diffusers' layout with pictures of 32x32, and two adapters for it. */
  public static final Path TINY_SD = Path.of("../../lora-diffusion/src/test/resources/tiny-sd");

  public static final String BASE = "--base=" + TINY_SD;

  public static Run of(Object... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String[] words = List.of(arguments).stream().map(Object::toString).toArray(String[]::new);
    int code =
        Main.run(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            words);
    return new Run(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** Stdout, which must be one JSON object and nothing else. */
  public JsonObject json() {
    return JsonParser.parseString(out).getAsJsonObject();
  }

  /** Four pictures, two of them with captions. */
  public static Path pictures(Path folder) throws IOException {
    Files.createDirectories(folder);
    List<Color> colors = List.of(Color.RED, Color.BLUE, Color.GREEN, Color.BLACK);
    for (int i = 0; i < colors.size(); i++) {
      BufferedImage image = new BufferedImage(40, 32, BufferedImage.TYPE_INT_RGB);
      Graphics2D g = image.createGraphics();
      g.setColor(Color.WHITE);
      g.fillRect(0, 0, 40, 32);
      g.setColor(colors.get(i));
      g.fillOval(8, 4, 24, 24);
      g.dispose();
      ImageIO.write(image, "png", folder.resolve("ball-" + i + ".png").toFile());
      if (i < 2) {
        Files.writeString(folder.resolve("ball-" + i + ".txt"), "a ball of colour " + i);
      }
    }
    return folder;
  }
}
