package dev.lora4j.diffusion.dataset.archive;

import java.io.IOException;

/** Something in an archive that cannot be used; nothing of the archive is then taken. */
public final class ArchiveException extends IOException {
  private static final long serialVersionUID = 1;

  /**
   * An error.
   *
   * @param sentence what is the matter, to be read after the file's name; it names the member
   */
  public ArchiveException(String sentence) {
    super(sentence);
  }

  /** The problem, to be read after the file's name. */
  public String sentence() {
    return String.valueOf(getMessage());
  }
}
