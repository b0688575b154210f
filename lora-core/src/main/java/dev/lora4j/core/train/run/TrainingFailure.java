package dev.lora4j.core.train.run;

/** Failure of a training run; the message gives the reason and the remedy. */
public final class TrainingFailure extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /** A failure with its message. */
  public TrainingFailure(String message) {
    super(message);
  }
}
