package dev.lora4j.studio.dataset;

import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.diffusion.dataset.image.PictureFileException;
import dev.lora4j.server.http.HttpProblem;
import dev.lora4j.server.json.FieldException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Semaphore;

/** Pictures that are sent to a set. */
final class PictureUpload {
  /** Most bytes of a file; a body with more in base64 is refused by the server. */
  static final int MOST_BYTES = 44 << 20;

  /** Most pictures of a set that grows by uploads. */
  static final int MOST_PICTURES = 10_000;

  private static final String DATA = "data";

  /** Unpacked pixels of several large pictures at a time would not fit into memory. */
  private final Semaphore unpacking = new Semaphore(1);

  /**
   * Keeps a picture in a set, under a name like the one that it has.
   *
   * @param name that it has where it comes from
   * @param data its bytes in base64
   * @return its file
   * @throws FieldException if that is no picture that can be trained on
   * @throws HttpProblem 409 if the set has this very picture, or takes none
   * @throws IOException if it cannot be written
   */
  Path keep(PictureSet set, String name, String data) throws IOException, InterruptedException {
    byte[] bytes = bytes(name, data);
    String ending = ending(bytes, name);
    unpacking.acquire();
    try {
      PictureFile.of(bytes).decode();
    } catch (PictureFileException e) {
      throw new FieldException(DATA, name + " " + e.sentence());
    } finally {
      unpacking.release();
    }
    return write(set, name, ending, bytes);
  }

  private static byte[] bytes(String name, String data) {
    if (data.length() > MOST_BYTES / 3 * 4 + 4) {
      throw new FieldException(
          DATA, name + " has more than " + (MOST_BYTES >> 20) + " MiB. Make it smaller.");
    }
    try {
      return Base64.getDecoder().decode(data);
    } catch (IllegalArgumentException e) {
      throw new FieldException(
          DATA, name + " did not arrive as a whole: data is no base64 text. Send it again.");
    }
  }

  /** Two uploads of one name, or of one picture, must not meet. */
  private static synchronized Path write(PictureSet set, String name, String ending, byte[] bytes)
      throws IOException {
    SetContent content = SetContent.of(set);
    if (content.within(set)) {
      throw new HttpProblem(
          409,
          "The pictures of "
              + set.name()
              + " are in folders within it, as their names have the repeats. Put the file into one"
              + " of them yourself.");
    }
    if (content.count() >= MOST_PICTURES) {
      throw new HttpProblem(
          409, set.name() + " has " + content.count() + " pictures; it takes no more by the page.");
    }
    Set<String> stems = new HashSet<>();
    for (List<Path> pictures : content.pictures().values()) {
      for (Path picture : pictures) {
        stems.add(PictureName.stem(picture).toLowerCase(Locale.ROOT));
        if (same(picture, bytes)) {
          throw new HttpProblem(
              409, name + " is in " + set.name() + " already, as " + set.file(picture) + ".");
        }
      }
    }
    String safe = PictureName.of(name, stem -> stems.contains(stem.toLowerCase(Locale.ROOT)));
    Path file = set.folder().resolve(safe + ending);
    ByteBuffer left = ByteBuffer.wrap(bytes);
    AtomicFile.write(
        file,
        out -> {
          while (left.hasRemaining()) {
            out.write(left);
          }
        });
    return file;
  }

  private static boolean same(Path picture, byte[] bytes) {
    try {
      return Files.size(picture) == bytes.length
          && Arrays.equals(Files.readAllBytes(picture), bytes);
    } catch (IOException e) {
      return false; // it has just gone
    }
  }

  /** The ending that the content has, whatever the name says. */
  private static String ending(byte[] bytes, String name) {
    String type = PictureType.of(bytes);
    if (type.isEmpty()) {
      throw new FieldException(
          DATA, name + " is no picture that can be read; expected PNG, JPEG, WebP, GIF or BMP.");
    }
    return "." + type;
  }
}
