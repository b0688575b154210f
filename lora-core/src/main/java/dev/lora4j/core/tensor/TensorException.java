package dev.lora4j.core.tensor;

/** A tensor or program was used in a way that its shape, type or ownership does not allow. */
public final class TensorException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Makes one with a message for the user. */
  public TensorException(String message) {
    super(message);
  }

  /** Makes one that keeps the engine's own error as its cause. */
  public TensorException(String message, Throwable cause) {
    super(message, cause);
  }
}
