package dev.lora4j.diffusion.clip;

/** A textual inversion cannot be read, or not be used with a base. */
public class EmbeddingException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /** An error with what was found, what was expected and a remedy. */
  public EmbeddingException(String message) {
    super(message);
  }
}
