package dev.lora4j.diffusion.dataset;

import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.diffusion.dataset.image.PictureFileException;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Many small pictures of one style in one file: {@code <style>-64.png} holds square cells of 64
 * pixels in 40 columns, and {@code concepts.tsv} beside it lists the content of each cell (columns
 * index, codepoints, name, group, keywords, styles).
 */
public final class Atlas {
  /** Height and width of a picture, in pixels. */
  public static final int SIDE = 64;

  private static final int COLUMNS = 40;
  private static final int FIELDS = 6;

  /** One row of {@code concepts.tsv}. */
  public record Concept(
      int index, String name, String group, List<String> keywords, List<String> styles) {}

  private Atlas() {}

  /**
   * All concepts of a folder.
   *
   * @throws IOException if the table cannot be read; a row that is none is named by its line
   */
  public static List<Concept> concepts(Path folder) throws IOException {
    Path table = folder.resolve("concepts.tsv");
    List<String> lines = RegularFile.lines(table, RegularFile.DATA);
    List<Concept> concepts = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      String[] f = lines.get(i).split("\t", -1);
      if (f.length < FIELDS || !f[0].matches("\\d{1,6}")) {
        throw new IOException(
            table
                + ", line "
                + (i + 1)
                + ": expected index, codepoints, name, group, keywords and styles, separated by"
                + " tabs, found '"
                + lines.get(i)
                + "'.");
      }
      List<String> keywords = words(f[4], ", ");
      concepts.add(
          new Concept(Integer.parseInt(f[0]), f[2], f[3], keywords, words(f[5].strip(), ",")));
    }
    return concepts;
  }

  private static List<String> words(String text, String separator) {
    return Arrays.stream(text.split(separator)).filter(word -> !word.isBlank()).toList();
  }

  /**
   * All pictures of a style, on white, in the order of the concepts; named {@code style/index}.
   *
   * @throws IOException if the sheet cannot be read, or has no cell for a concept
   */
  public static List<Picture> pictures(Path folder, String style) throws IOException {
    Path file = folder.resolve(style + "-" + SIDE + ".png");
    BufferedImage sheet;
    try {
      sheet = PictureFile.read(file).stored();
    } catch (PictureFileException e) {
      throw new IOException(file + " " + e.sentence(), e);
    }
    List<Picture> pictures = new ArrayList<>();
    for (Concept concept : concepts(folder)) {
      if (concept.styles().contains(style)) {
        int x = concept.index() % COLUMNS * SIDE;
        int y = concept.index() / COLUMNS * SIDE;
        if (x + SIDE > sheet.getWidth() || y + SIDE > sheet.getHeight()) {
          throw new IOException(
              String.format(
                  Locale.ROOT,
                  "%s has %dx%d pixels, so that there is no cell %d, which concepts.tsv says to"
                      + " show %s.",
                  file,
                  sheet.getWidth(),
                  sheet.getHeight(),
                  concept.index(),
                  concept.name()));
        }
        BufferedImage cell = sheet.getSubimage(x, y, SIDE, SIDE);
        String name = style + "/" + concept.index();
        pictures.add(Picture.of(name, concept.name(), cell, SIDE, SIDE, Color.WHITE));
      }
    }
    return pictures;
  }
}
