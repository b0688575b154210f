package dev.lora4j.server.guard;

import dev.lora4j.server.guard.Decision.Admitted;
import dev.lora4j.server.guard.Decision.Refused;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Decides from a request's head whether it is admitted, before it is routed. First its host, which
 * keeps out pages that point their own name at this machine; then what a page of another server
 * could send; then who sent it.
 */
public final class RequestGuard {
  /** Where probes ask whether the server lives and is ready; open to all. */
  public static final Set<String> PROBES = Set.of("/health", "/ready", "/ping");

  /** Where a page exchanges its token for a session. */
  public static final String SESSION = "/session";

  private static final Set<String> OWN_SITE = Set.of("same-origin", "none");

  private final GuardOptions options;
  private final Set<String> hosts;
  private final Set<String> origins;
  private final PageSessions sessions = new PageSessions();

  private RequestGuard(GuardOptions options) {
    this.options = options;
    this.hosts = options.hosts().stream().map(RequestGuard::host).collect(Collectors.toSet());
    this.origins =
        options.origins().stream().map(o -> o.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
    if (options.requireToken() && options.tokens().isEmpty()) {
      throw new IllegalArgumentException(
          "A token is required and there is none. Give one, or a token file.");
    }
    if (origins.contains("*") || origins.contains("null")) {
      throw new IllegalArgumentException(
          "Allowed origins are named one by one, such as https://example.org; found "
              + options.origins()
              + ".");
    }
  }

  /**
   * A guard.
   *
   * @throws IllegalArgumentException if a host or origin is none, or a token is required and there
   *     is none
   */
  public static RequestGuard of(GuardOptions options) {
    return new RequestGuard(options);
  }

  private static String host(String text) {
    boolean bare = text.indexOf(':') != text.lastIndexOf(':') && !text.startsWith("[");
    return HostName.of(bare ? "[" + text + "]" : text)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "The allowed host '" + text + "' is no name of a host, such as example.org."))
        .name();
  }

  /**
   * Refuses to listen where other machines reach this one while requests need no token.
   *
   * @throws IllegalArgumentException if it is so
   */
  public void requireTokenBeyondLoopback(List<InetAddress> addresses) {
    for (InetAddress address : addresses) {
      if (!address.isLoopbackAddress() && !options.requireToken()) {
        throw new IllegalArgumentException(
            "The address "
                + address.getHostAddress()
                + " can be reached by other machines, and no token is required. Require a token, or"
                + " listen on 127.0.0.1.");
      }
    }
  }

  /** Whether a request is routed. */
  public Decision decide(RequestFacts facts) {
    Optional<HostName> host = HostName.of(facts.value("host"));
    if (host.isEmpty() || !(host.get().isLoopback() || hosts.contains(host.get().name()))) {
      return Refused.of(
          421,
          "The host "
              + (facts.has("host")
                  ? "'" + shown(facts.values("host").get(0)) + "'"
                  : "is missing and")
              + " is not this server's. Ask for 127.0.0.1 or localhost, or start the server with"
              + " --allowed-host.");
    }
    boolean guest = isGuest(facts);
    if (facts.changesState()) {
      Optional<Refused> refused = ForeignPages.refusal(facts, host.get(), guest);
      if (refused.isPresent()) {
        return refused.get();
      }
    }
    return who(facts, host.get(), guest);
  }

  /** A page of another server that is allowed to use this one. */
  private boolean isGuest(RequestFacts facts) {
    return origins.contains(facts.value("origin").toLowerCase(Locale.ROOT));
  }

  private Decision who(RequestFacts facts, HostName host, boolean guest) {
    Optional<String> tenant =
        Credentials.tenant(Credentials.token(facts.value("authorization")), options.tokens());
    if (tenant.isPresent()) {
      return new Admitted(Principal.tenant(tenant.get()));
    }
    String secret = PageSessions.value(facts.value("cookie"), PageSessions.cookie(host.or(80)));
    // Browsers count other ports of this machine as the same site and send them the cookie.
    boolean ownPage =
        !guest && facts.values("sec-fetch-site").stream().allMatch(OWN_SITE::contains);
    Optional<Principal> page =
        ownPage && !secret.isEmpty() ? sessions.find(secret) : Optional.empty();
    if (page.isPresent()) {
      return new Admitted(page.get());
    }
    boolean needed = options.requireToken() || !facts.loopback();
    if (!needed || isOpen(facts)) {
      return new Admitted(Principal.anonymous());
    }
    return new Refused(
        401,
        facts.has("authorization")
            ? "The token is not one of this server's. Send the one that it printed, or your line's of"
                + " the token file."
            : "This server needs a token. Send it as Authorization: Bearer TOKEN, or open the address"
                + " that the server printed.",
        Map.of("www-authenticate", "Bearer"));
  }

  private boolean isOpen(RequestFacts facts) {
    String path = facts.path();
    if (facts.method().equals("POST")) {
      return path.equals(SESSION);
    }
    if (facts.changesState()) {
      return false;
    }
    // A preflight has no credentials, by its rules.
    return facts.method().equals("OPTIONS")
        || PROBES.contains(path)
        || options.openPaths().stream().anyMatch(open -> isBelow(path, open));
  }

  private static boolean isBelow(String path, String open) {
    return open.endsWith("/*")
        ? path.startsWith(open.substring(0, open.length() - 1))
        : path.equals(open);
  }

  /**
   * Opens a page's session.
   *
   * @param token what the page found in its address; need not be one where none is required
   * @param host the request's header {@code Host}
   * @return the value of the header {@code Set-Cookie}; empty if the token is wrong
   */
  public Optional<String> openSession(String token, String host) {
    Optional<String> tenant = Credentials.tenant(token, options.tokens());
    if (tenant.isEmpty() && options.requireToken()) {
      return Optional.empty();
    }
    int port = HostName.of(host).map(h -> h.or(80)).orElse(80);
    return Optional.of(
        PageSessions.cookie(port)
            + "="
            + sessions.open(tenant.orElse(Principal.NOBODY))
            + "; Path=/; HttpOnly; SameSite=Strict");
  }

  /** Headers by which a browser lets an allowed page of another server read the answer. */
  public Map<String, String> crossOriginHeaders(RequestFacts facts) {
    if (!isGuest(facts)) {
      return origins.isEmpty() ? Map.of() : Map.of("vary", "Origin");
    }
    String origin = facts.value("origin");
    return facts.has("access-control-request-method")
        ? Map.of(
            "access-control-allow-origin", origin,
            "access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE",
            "access-control-allow-headers", "authorization, content-type, x-lora4j",
            "access-control-max-age", "600",
            "vary", "Origin")
        : Map.of(
            "access-control-allow-origin", origin,
            "access-control-expose-headers", "x-request-id, retry-after",
            "vary", "Origin");
  }

  /** The text of a client, short and without what a terminal would obey. */
  static String shown(String text) {
    String plain = text.replaceAll("[^\\x20-\\x7e]", "?");
    return plain.length() > 60 ? plain.substring(0, 60) + "..." : plain;
  }
}
