package dev.lora4j.server.guard;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a client shows: {@code Bearer TOKEN}, or {@code Basic} with the token as password. */
final class Credentials {
  private Credentials() {}

  /** The token of a header {@code Authorization}; empty if it has none. */
  static String token(String header) {
    String[] words = header.split(" +", 2);
    if (words.length < 2) {
      return "";
    }
    return switch (words[0].toLowerCase(Locale.ROOT)) {
      case "bearer" -> words[1].strip();
      case "basic" -> password(words[1].strip());
      default -> "";
    };
  }

  private static String password(String encoded) {
    try {
      String pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
      return pair.substring(pair.indexOf(':') + 1);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  /** The tenant of a token. All tokens are compared, so that the time tells none of them. */
  static Optional<String> tenant(String token, List<AccessToken> tokens) {
    byte[] digest = AccessToken.digest(token);
    Optional<String> found = Optional.empty();
    for (AccessToken one : tokens) {
      if (one.hasDigest(digest)) {
        found = Optional.of(one.tenant());
      }
    }
    return token.isEmpty() ? Optional.empty() : found;
  }
}
