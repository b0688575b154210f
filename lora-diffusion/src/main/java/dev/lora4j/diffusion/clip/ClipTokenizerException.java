package dev.lora4j.diffusion.clip;

/** A tokeniser's files are missing, damaged, or of another kind than CLIP's. */
public class ClipTokenizerException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  ClipTokenizerException(String message) {
    super(message);
  }

  ClipTokenizerException(String message, Throwable cause) {
    super(message, cause);
  }
}
