package dev.lora4j.studio.dataset;

import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.diffusion.dataset.image.PictureFileException;
import dev.lora4j.diffusion.dataset.image.PictureHeader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Sizes of pictures from their headers, remembered as long as a file's stamp stays the same. No
 * pixels are unpacked.
 */
final class PictureFacts {
  private static final int MOST = 50_000;

  /**
   * A picture.
   *
   * @param stamp changes with the file
   * @param bytes of the file
   * @param width in pixels as it is looked at; 0 if that is not known
   * @param height likewise
   * @param problem why it cannot be trained on; empty if it can
   */
  record Facts(String stamp, long bytes, int width, int height, String problem) {}

  private final Map<Path, Facts> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Path, Facts> eldest) {
          return size() > MOST;
        }
      };

  /**
   * The facts of a picture as it is now.
   *
   * @throws IOException if there is no such file
   */
  Facts of(Path picture) throws IOException {
    BasicFileAttributes now = Files.readAttributes(picture, BasicFileAttributes.class);
    String stamp = Long.toString(now.lastModifiedTime().toMillis(), 36) + "-" + now.size();
    synchronized (known) {
      Facts facts = known.get(picture);
      if (facts != null && facts.stamp().equals(stamp)) {
        return facts;
      }
    }
    Facts facts = read(picture, stamp, now.size());
    synchronized (known) {
      known.put(picture, facts);
    }
    return facts;
  }

  private static Facts read(Path picture, String stamp, long bytes) {
    try {
      PictureHeader header = PictureFile.read(picture).header();
      return new Facts(stamp, bytes, header.width(), header.height(), "");
    } catch (PictureFileException e) {
      return new Facts(stamp, bytes, 0, 0, e.sentence());
    }
  }
}
