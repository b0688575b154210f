package dev.lora4j.server.library;

/** Refusal of a request about an adapter that is there: loaded already, or too large to pin. */
public final class AdapterRefusalException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  AdapterRefusalException(String message) {
    super(message);
  }
}
