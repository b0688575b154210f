package dev.lora4j.emoji;

import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.diffusion.dataset.Picture;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;

/**
 * Pixel art: the tiles of Dungeon Crawl Stone Soup, {@code dcss-32.png} with cells of 32 pixels in
 * 40 columns and {@code tiles.tsv} (columns index, path, name), each pixel drawn as a square.
 */
final class PixelTiles {
  private static final int COLUMNS = 40;
  private static final int CELL = 32;
  private static final int TAUGHT = 240;

  private PixelTiles() {}

  /**
   * All tiles of creatures and things with a name, in an order drawn once; the first {@value
   * #TAUGHT} are the style set, the others are held out.
   *
   * @param avoided parts that no tile's name may have
   */
  static List<Picture> all(Path folder, Set<String> avoided) throws IOException {
    BufferedImage sheet = ImageIO.read(folder.resolve("dcss-32.png").toFile());
    List<Picture> pictures = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    for (String line : Files.readAllLines(folder.resolve("tiles.tsv")).stream().skip(1).toList()) {
      String[] fields = line.split("\t", -1);
      String name = fields[2].replace('-', ' ').strip().toLowerCase(Locale.ROOT);
      if (shows(fields[1], name) && !clashes(name, avoided) && taken.add(name)) {
        int index = Integer.parseInt(fields[0]);
        int x = index % COLUMNS * CELL;
        int y = index / COLUMNS * CELL;
        BufferedImage tile = enlarged(sheet.getSubimage(x, y, CELL, CELL));
        pictures.add(
            Picture.of("pixel/" + index, name, tile, Recipe.SIDE, Recipe.SIDE, Color.WHITE));
      }
    }
    List<Picture> ordered = new ArrayList<>();
    for (int i : SeededNoise.of(Recipe.SEED, "pixel".hashCode()).permutation(pictures.size())) {
      ordered.add(pictures.get(i));
    }
    return ordered;
  }

  /** The tiles that teach the style. */
  static List<Picture> taught(Path folder, Set<String> avoided) throws IOException {
    return all(folder, avoided).subList(0, TAUGHT);
  }

  /** The tiles that do not. */
  static List<Picture> kept(Path folder, Set<String> avoided) throws IOException {
    List<Picture> all = all(folder, avoided);
    return all.subList(TAUGHT, all.size());
  }

  /** Floors and walls fill their cell, and names that begin with i are marks laid over others. */
  private static boolean shows(String path, String name) {
    return (path.startsWith("mon/") || path.startsWith("item/"))
        && !name.isEmpty()
        && !name.startsWith("i ")
        && !name.contains("overlay");
  }

  private static boolean clashes(String name, Set<String> avoided) {
    String words = " " + name + " ";
    return avoided.stream().anyMatch(a -> words.contains(" " + a.toLowerCase(Locale.ROOT) + " "));
  }

  private static BufferedImage enlarged(BufferedImage tile) {
    BufferedImage large = new BufferedImage(Recipe.SIDE, Recipe.SIDE, BufferedImage.TYPE_INT_ARGB);
    Graphics2D g = large.createGraphics();
    g.drawImage(tile, 0, 0, Recipe.SIDE, Recipe.SIDE, null);
    g.dispose();
    return large;
  }
}
