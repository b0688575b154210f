package dev.lora4j.server.http;

import com.google.gson.JsonObject;
import java.time.Instant;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of requests: a JSON object in a line for each that was answered. It has no prompts,
 * queries, tokens or bodies.
 */
final class AccessLog {
  /** The name of the logger. */
  static final String NAME = "dev.lora4j.server.access";

  private static final Logger LOG = LoggerFactory.getLogger(NAME);

  private final Consumer<String> lines;

  /** A log that gives its lines away. */
  AccessLog(Consumer<String> lines) {
    this.lines = lines;
  }

  /** The log of the program. */
  static AccessLog ofProgram() {
    return new AccessLog(LOG::info);
  }

  /**
   * A request that was answered.
   *
   * @param bytes the body's length
   * @param tenant who sent it, or {@code -}
   */
  record Entry(
      Instant time,
      String method,
      String path,
      int status,
      long bytes,
      long milliseconds,
      String tenant,
      String id) {
    String line() {
      JsonObject line = new JsonObject();
      line.addProperty("time", time.toString());
      line.addProperty("method", method);
      line.addProperty("path", path);
      line.addProperty("status", status);
      line.addProperty("bytes", bytes);
      line.addProperty("ms", milliseconds);
      line.addProperty("tenant", tenant);
      line.addProperty("id", id);
      return line.toString();
    }
  }

  void write(Entry entry) {
    lines.accept(entry.line());
  }
}
