package dev.lora4j.hub.listing;

import java.util.Locale;
import java.util.Optional;

/** SHA-256 as hubs write it. */
final class Sha256 {
  private Sha256() {}

  /** The digest that a text is, in lower case; none if it is another text. */
  static Optional<String> in(String text) {
    String digest = text.strip().replace("\"", "").toLowerCase(Locale.ROOT);
    return digest.matches("[0-9a-f]{64}") ? Optional.of(digest) : Optional.empty();
  }
}
