package dev.lora4j.diffusion.dataset.image;

/** A file that cannot be used as a picture. The message is a sentence that leaves its name out. */
public final class PictureFileException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String sentence;

  PictureFileException(String sentence) {
    super(sentence);
    this.sentence = sentence;
  }

  PictureFileException(String sentence, Throwable cause) {
    super(sentence, cause);
    this.sentence = sentence;
  }

  /** The problem, to be read after the file's name. */
  public String sentence() {
    return sentence;
  }
}
