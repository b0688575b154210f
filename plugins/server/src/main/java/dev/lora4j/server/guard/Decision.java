package dev.lora4j.server.guard;

import java.util.Map;

/** What becomes of a request. */
public sealed interface Decision {
  /** It is routed. */
  record Admitted(Principal principal) implements Decision {}

  /**
   * It is answered at once.
   *
   * @param status the status of the answer
   * @param message what is wrong and what to do
   * @param headers headers of the answer by lower-case name
   */
  record Refused(int status, String message, Map<String, String> headers) implements Decision {
    /** Copies the headers. */
    public Refused {
      headers = Map.copyOf(headers);
    }

    static Refused of(int status, String message) {
      return new Refused(status, message, Map.of());
    }
  }
}
