package dev.lora4j.diffusion.evaluation;

/** Error in what is to be evaluated. The message says what was found, and what to do. */
public final class EvaluationException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  EvaluationException(String message) {
    super(message);
  }

  EvaluationException(String message, Throwable cause) {
    super(message, cause);
  }
}
