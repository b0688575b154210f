package dev.lora4j.core.tensor.runtime;

/** A name of capabilities that are not known. The message has the known names. */
public final class CapabilitiesException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  CapabilitiesException(String message) {
    super(message);
  }
}
