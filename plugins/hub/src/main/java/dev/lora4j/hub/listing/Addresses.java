package dev.lora4j.hub.listing;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Addresses made of names that anybody wrote. */
final class Addresses {
  private Addresses() {}

  /** A path below an address; what is in a segment stays in it. */
  static URI below(URI hub, String... segments) {
    StringBuilder text = new StringBuilder(hub.toString());
    for (String segment : segments) {
      text.append('/').append(encoded(segment));
    }
    return URI.create(text.toString());
  }

  private static String encoded(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
