package dev.lora4j.emoji;

import dev.lora4j.diffusion.dataset.Atlas;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/**
 * True pictures of the held-out concepts, as a smaller folder of atlases: the same cells at the
 * same places, all others empty. {@code concepts.tsv} lists all concepts, with a column {@code
 * split} of {@code held-out} or {@code seen}.
 */
final class TrueSheets {
  private static final List<String> STYLES = List.of("fluent-flat", "fluent-hc", "fluent-3d");
  private static final int CELL = 64;

  private TrueSheets() {}

  static void write(Path data, Path folder, Set<Integer> kept) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("index\tcodepoints\tname\tgroup\tkeywords\tstyles\tsplit");
    for (String line : Files.readAllLines(data.resolve("concepts.tsv")).stream().skip(1).toList()) {
      String[] f = line.split("\t", -1);
      boolean held = kept.contains(Integer.parseInt(f[0]));
      String styles = held ? String.join(",", STYLES) : "";
      lines.add(String.join("\t", f[0], f[1], f[2], f[3], "", styles, held ? "held-out" : "seen"));
    }
    Files.writeString(folder.resolve("concepts.tsv"), String.join("\n", lines) + "\n");
    for (String style : STYLES) {
      String name = style + "-" + CELL + ".png";
      BufferedImage all = ImageIO.read(data.resolve(name).toFile());
      BufferedImage some =
          new BufferedImage(all.getWidth(), all.getHeight(), BufferedImage.TYPE_INT_ARGB);
      int columns = all.getWidth() / CELL;
      for (Atlas.Concept concept : Atlas.concepts(data)) {
        if (kept.contains(concept.index())) {
          int x = concept.index() % columns * CELL;
          int y = concept.index() / columns * CELL;
          int[] cell = all.getRGB(x, y, CELL, CELL, null, 0, CELL);
          some.setRGB(x, y, CELL, CELL, cell, 0, CELL);
        }
      }
      write(some, folder.resolve(name));
    }
  }

  /** Packed as small as PNG can be: these lie in the repository. */
  private static void write(BufferedImage image, Path file) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    Files.deleteIfExists(file);
    try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
      ImageWriteParam smallest = writer.getDefaultWriteParam();
      smallest.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      smallest.setCompressionQuality(0);
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, List.of(), null), smallest);
    } finally {
      writer.dispose();
    }
  }
}
