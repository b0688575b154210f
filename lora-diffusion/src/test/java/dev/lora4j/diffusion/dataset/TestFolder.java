package dev.lora4j.diffusion.dataset;

import dev.lora4j.diffusion.dataset.bucket.Bucketing;
import dev.lora4j.diffusion.dataset.source.DataGroup;
import dev.lora4j.diffusion.dataset.source.DataSource;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/** A folder that pictures and captions are put into, one after the other. */
record TestFolder(Path path) {
  static final Path GOLDEN = Path.of("src/test/resources/data-set");

  TestFolder {
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A picture whose pixels depend on its name. */
  TestFolder picture(String name, int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, name.hashCode() * 31 + x * 0x020301 + y * 0x010203);
      }
    }
    try {
      ImageIO.write(image, name.endsWith("jpg") ? "jpg" : "png", path.resolve(name).toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  TestFolder text(String name, String text) {
    return bytes(name, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  TestFolder bytes(String name, byte[] bytes) {
    try {
      Files.write(path.resolve(name), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** A copy of a committed picture. */
  TestFolder golden(String name, String as) {
    try {
      Files.copy(GOLDEN.resolve(name), path.resolve(as));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  DataSource source() {
    return DataSource.of(path);
  }

  static DataGroup group(int batch, DataSource... sources) {
    return new DataGroup(
        new Bucketing(
            new dev.lora4j.diffusion.dataset.bucket.Bucket(64, 64), true, 32, 128, 8, false),
        batch,
        0,
        List.of(sources));
  }

  static DataSet surveyed(int batch, DataSource... sources) {
    return DataSet.survey(List.of(group(batch, sources)), DataSet.Depth.PIXELS);
  }
}
