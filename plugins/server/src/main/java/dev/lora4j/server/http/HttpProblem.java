package dev.lora4j.server.http;

import java.io.Serial;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * An answer that is an error. A face that says more than status and message extends it and renders
 * it by its {@link ProblemForm}.
 */
public class HttpProblem extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final int status;
  private final transient Map<String, String> headers;

  /** A problem with headers; their names are in lower case. */
  public HttpProblem(int status, String message, Map<String, String> headers) {
    super(message, null, false, false);
    this.status = status;
    this.headers = Map.copyOf(headers);
  }

  /** A problem without headers. */
  public HttpProblem(int status, String message) {
    this(status, message, Map.of());
  }

  /** A plain problem that is the same but for one more header. */
  public HttpProblem with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header.toLowerCase(Locale.ROOT), value);
    return new HttpProblem(status, message(), more);
  }

  /**
   * A plain problem that is the same but for a {@code retry-after} of whole seconds, at least one.
   */
  public HttpProblem retryAfter(Duration wait) {
    return with("retry-after", Long.toString(Math.max(1, wait.plusMillis(999).toSeconds())));
  }

  /** The status of the answer, 400 to 599. */
  public final int status() {
    return status;
  }

  /** What is wrong and what to do, for the client's user. */
  public final String message() {
    return String.valueOf(getMessage());
  }

  /** Headers of the answer by lower-case name. */
  public final Map<String, String> headers() {
    return headers;
  }
}
