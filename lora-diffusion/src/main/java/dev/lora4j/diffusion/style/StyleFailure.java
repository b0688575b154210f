package dev.lora4j.diffusion.style;

/** Training cannot go on; the message says why and what to do. */
public final class StyleFailure extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  StyleFailure(String message) {
    super(message);
  }
}
