package dev.lora4j.diffusion.dataset;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * Many small pictures of one style in one file: {@code <style>-64.png} holds square cells of 64
 * pixels in 40 columns, and {@code concepts.tsv} beside it says what each cell shows (columns
 * index, codepoints, name, group, keywords, styles).
 */
public final class Atlas {
  /** Height and width of a picture, in pixels. */
  public static final int SIDE = 64;

  private static final int COLUMNS = 40;

  /** One row of {@code concepts.tsv}. */
  public record Concept(
      int index, String name, String group, List<String> keywords, List<String> styles) {}

  private Atlas() {}

  /** All concepts of a folder. */
  public static List<Concept> concepts(Path folder) throws IOException {
    return Files.readAllLines(folder.resolve("concepts.tsv")).stream()
        .skip(1)
        .map(line -> line.split("\t", -1))
        .map(
            f ->
                new Concept(
                    Integer.parseInt(f[0]),
                    f[2],
                    f[3],
                    Arrays.asList(f[4].split(", ")),
                    Arrays.asList(f[5].split(","))))
        .toList();
  }

  /** All pictures of a style, on white, in the order of the concepts; named {@code style/index}. */
  public static List<Picture> pictures(Path folder, String style) throws IOException {
    BufferedImage sheet = ImageIO.read(folder.resolve(style + "-" + SIDE + ".png").toFile());
    List<Picture> pictures = new ArrayList<>();
    for (Concept concept : concepts(folder)) {
      if (concept.styles().contains(style)) {
        int x = concept.index() % COLUMNS * SIDE;
        int y = concept.index() / COLUMNS * SIDE;
        BufferedImage cell = sheet.getSubimage(x, y, SIDE, SIDE);
        String name = style + "/" + concept.index();
        pictures.add(Picture.of(name, concept.name(), cell, SIDE, SIDE, Color.WHITE));
      }
    }
    return pictures;
  }
}
