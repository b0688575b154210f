package dev.lora4j.diffusion.dataset.archive;

import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.diffusion.dataset.source.ArchiveColumns;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A kind of file that holds pictures and their captions. An extension point; implementations are
 * values. A data set may name such a file, or a folder of them (its shards), instead of a folder of
 * pictures. Its members are written into a folder once, and from there all is as with any folder.
 */
public interface PictureArchive {
  /** Endings of the pictures that are read, in lower case without a dot. */
  Set<String> PICTURES = PictureFile.ENDINGS;

  /** The ending that a picture with these bytes should have; empty if it is none that is read. */
  static Optional<String> ending(byte[] picture) {
    return PictureFile.of(picture).ending();
  }

  /** Endings of the names of such files, in lower case with their dot: {@code .tar}. */
  List<String> endings();

  /** True if users may choose columns of it. */
  default boolean columned() {
    return false;
  }

  /**
   * Gives all members of a file to {@code to}, one after the other, and keeps no more than a part
   * of the file in memory. The same file gives the same members in the same order.
   *
   * @param columns which are chosen; {@link ArchiveColumns#FOUND} where {@link #columned} is false
   * @throws ArchiveException if the file is damaged or holds what nobody should have to unpack
   * @throws IOException if it cannot be read, and whatever {@code to} throws
   */
  void read(Path shard, ArchiveColumns columns, Members to) throws IOException;

  /**
   * Takes the members of a file. A key is what a picture and its caption have in common; it may
   * have folders in it, with {@code /} between them. Names are made safe here: a key that leads out
   * of a folder is refused.
   */
  interface Members {
    /**
     * Takes a picture.
     *
     * @param ending of its name, one of {@link #PICTURES}
     * @param content read to its end before this returns, and not closed
     * @throws ArchiveException if the key has one already, or its bytes are too many
     */
    void picture(String key, String ending, InputStream content) throws IOException;

    /** Takes the caption of a picture that came or will come; a later one takes its place. */
    void caption(String key, String text) throws IOException;

    /**
     * Counts a member that is not used, and that nobody expects to be.
     *
     * @param kind what it is, such as {@code .json}
     */
    void unused(String kind);

    /** Takes something that users should know; the same sentence is told once for all shards. */
    void note(String sentence);
  }
}
