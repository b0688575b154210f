package dev.lora4j.server.http;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/** The id of a request, by which its line of the log is found. It is no secret. */
final class RequestId {
  static final String HEADER = "x-request-id";

  private RequestId() {}

  static String next() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    HexFormat hex = HexFormat.of();
    return "req-" + hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextInt());
  }
}
