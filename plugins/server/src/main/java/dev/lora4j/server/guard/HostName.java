package dev.lora4j.server.guard;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The host and port that a client asks for.
 *
 * @param name in lower case, without the last dot; an address of IPv6 is in brackets
 * @param port the port, or -1 where none is said
 */
record HostName(String name, int port) {
  private static final Pattern FORM =
      Pattern.compile("(\\[[0-9a-f:.]+]|[0-9a-z_-]+(?:\\.[0-9a-z_-]+)*\\.?)(?::(\\d{1,5}))?");

  /** Reads the value of a header {@code Host}; empty if it is none. */
  static Optional<HostName> of(String text) {
    Matcher matcher = FORM.matcher(text.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String name = matcher.group(1);
    String port = matcher.group(2);
    return Optional.of(
        new HostName(
            name.endsWith(".") ? name.substring(0, name.length() - 1) : name,
            port == null ? -1 : Integer.parseInt(port)));
  }

  boolean isLoopback() {
    return name.equals("localhost") || name.equals("127.0.0.1") || name.equals("[::1]");
  }

  /** True if an origin of this scheme is this host. */
  boolean isOrigin(String scheme, String origin) {
    String prefix = scheme + "://";
    if (!origin.toLowerCase(Locale.ROOT).startsWith(prefix)) {
      return false;
    }
    int usual = scheme.equals("https") ? 443 : 80;
    return of(origin.substring(prefix.length()))
        .filter(other -> other.name.equals(name) && other.or(usual) == or(usual))
        .isPresent();
  }

  /** The port, or another where none is said. */
  int or(int usual) {
    return port < 0 ? usual : port;
  }
}
