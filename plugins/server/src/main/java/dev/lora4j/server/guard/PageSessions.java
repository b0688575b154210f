package dev.lora4j.server.guard;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** The sessions of pages that are open. The oldest one ends when there are too many. */
final class PageSessions {
  private static final int MOST = 256;
  private static final String COOKIE = "lora4j-";

  private record Session(AccessToken secret, Principal principal) {}

  private final Deque<Session> sessions = new ArrayDeque<>();
  private long opened;

  /** Opens one and gives its secret. */
  synchronized String open(String tenant) {
    String secret = AccessToken.random();
    opened++;
    sessions.addLast(
        new Session(AccessToken.of(tenant, secret), new Principal(tenant, "page-" + opened)));
    if (sessions.size() > MOST) {
      sessions.removeFirst();
    }
    return secret;
  }

  synchronized Optional<Principal> find(String secret) {
    byte[] digest = AccessToken.digest(secret);
    Optional<Principal> found = Optional.empty();
    for (Session session : sessions) {
      if (session.secret().hasDigest(digest)) {
        found = Optional.of(session.principal());
      }
    }
    return found;
  }

  /**
   * The name of the cookie of a server at a port. Browsers send cookies to all ports of a host, so
   * that two servers would take each other's.
   */
  static String cookie(int port) {
    return COOKIE + port;
  }

  /** The value of a cookie of the header; empty if it is not there, or there more than once. */
  static String value(String header, String name) {
    String found = "";
    for (String pair : header.split(";", -1)) {
      String text = pair.strip();
      if (text.startsWith(name + "=")) {
        if (!found.isEmpty()) {
          return "";
        }
        found = text.substring(name.length() + 1);
      }
    }
    return found;
  }
}
