package dev.lora4j.vision.data;

/** Pictures that cannot be used, with all that is wrong with them. */
public final class PictureDataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a line for each problem. */
  public PictureDataException(String message) {
    super(message);
  }

  /** With a sentence, and its cause. */
  public PictureDataException(String message, Throwable cause) {
    super(message, cause);
  }
}
