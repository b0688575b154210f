package dev.lora4j.server.guard;

import dev.lora4j.server.guard.Decision.Refused;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What pages of other servers can make a browser send without asking this one first. */
final class ForeignPages {
  private ForeignPages() {}

  /**
   * Why a request that changes state is refused; empty if it is not.
   *
   * @param guest true if its origin is an allowed one
   */
  static Optional<Refused> refusal(RequestFacts facts, HostName host, boolean guest) {
    for (String site : facts.values("sec-fetch-site")) {
      if (!(guest || site.equals("same-origin") || site.equals("none"))) {
        return refused(403, "A page of another server (Sec-Fetch-Site: " + site + ")");
      }
    }
    List<String> origins = facts.values("origin");
    boolean own = origins.size() == 1 && isOwn(facts.value("origin"), host);
    if (!origins.isEmpty() && !own && !guest) {
      return refused(403, "A page of another server (Origin: " + origins.get(0) + ")");
    }
    return type(facts);
  }

  private static boolean isOwn(String origin, HostName host) {
    // A named host may lie behind a proxy that speaks TLS; a loopback one does not.
    return host.isOrigin("http", origin) || (!host.isLoopback() && host.isOrigin("https", origin));
  }

  private static Optional<Refused> refused(int status, String who) {
    return Optional.of(
        Refused.of(
            status,
            RequestGuard.shown(who)
                + " may not change anything here. Use this server's own page, or allow the origin"
                + " with --allowed-origin."));
  }

  /** Forms can send other types to any server; these they cannot. */
  private static Optional<Refused> type(RequestFacts facts) {
    List<String> types = facts.values("content-type");
    if (types.isEmpty() && !facts.hasBody()) {
      return Optional.empty();
    }
    String type = facts.value("content-type").toLowerCase(Locale.ROOT);
    String kind = type.replaceFirst(";.*", "").strip();
    if (kind.equals("application/json")) {
      boolean utf8 = !type.contains("charset") || type.matches(".*charset\\s*=\\s*\"?utf-8\"?.*");
      return utf8 ? Optional.empty() : wrongType("JSON in UTF-8", type);
    }
    if (kind.equals("multipart/form-data") && facts.value("x-lora4j").equals("1")) {
      return Optional.empty();
    }
    return wrongType("application/json, or multipart/form-data with the header X-Lora4j: 1", type);
  }

  private static Optional<Refused> wrongType(String expected, String found) {
    return Optional.of(
        Refused.of(
            415,
            "Expected the content type "
                + expected
                + ", found "
                + (found.isEmpty() ? "none" : "'" + RequestGuard.shown(found) + "'")
                + "."));
  }
}
