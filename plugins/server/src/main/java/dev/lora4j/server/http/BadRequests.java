package dev.lora4j.server.http;

/** What is said of bytes that were no request. */
final class BadRequests {
  private BadRequests() {}

  /** The beginning of a sentence, without its full stop. */
  static String message(int status) {
    return switch (status) {
      case 400 -> "The request is no valid HTTP/1.1; look at its first line and headers";
      case 408 -> "The request did not arrive in time; send it again";
      case 413 -> "The body is too large";
      case 414 -> "The address is too long";
      case 417 -> "The only expectation that is met is 100-continue";
      case 431 -> "The headers are too large; send fewer or shorter ones";
      case 501 -> "The transfer coding is not known; use chunked or a content length";
      case 505 -> "This version of HTTP is not spoken here; use HTTP/1.1";
      default -> "The server failed at this request; its log may say why";
    };
  }
}
