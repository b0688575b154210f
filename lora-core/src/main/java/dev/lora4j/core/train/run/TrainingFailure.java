package dev.lora4j.core.train.run;

/** Training cannot go on; the message says why and what to do. */
public final class TrainingFailure extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  TrainingFailure(String message) {
    super(message);
  }
}
