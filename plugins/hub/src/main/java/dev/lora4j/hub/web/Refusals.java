package dev.lora4j.hub.web;

import dev.lora4j.hub.source.Links;
import java.util.Optional;

/** Answers that are none of a file, as sentences about what to do. */
final class Refusals {
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int GONE = 410;
  private static final int LEGAL = 451;
  private static final int TOO_MANY = 429;

  private Refusals() {}

  static HubException of(WebRequest request, WebResponse response) {
    String place = Links.shown(request.address());
    String code = response.headerOnTheWay("X-Error-Code").orElse("");
    String reason =
        switch (response.status()) {
          case UNAUTHORIZED, FORBIDDEN -> access(request, response.status(), code);
          case NOT_FOUND, GONE -> missing(request.site(), code);
          case LEGAL -> "It is withheld for legal reasons.";
          case TOO_MANY -> "It has had too many requests; try again in some minutes.";
          default ->
              response.status() >= 500
                  ? "The server is in trouble; the same command later goes on from here."
                  : "That is no answer that a file can be taken from.";
        };
    return new HubException(place + " answers with status " + response.status() + ". " + reason);
  }

  /** A page that asks people to log in comes with the status of a success. */
  static HubException page(WebRequest request, WebResponse response) {
    return new HubException(
        Links.shown(request.address())
            + " leads to a web page at "
            + response.address().getHost()
            + ", not to a file. "
            + (request.site().name().isEmpty()
                ? "It may want you to log in; take the link of the file itself."
                : login(request.site())));
  }

  private static String access(WebRequest request, int status, String code) {
    Site site = request.site();
    if (site.name().isEmpty()) {
      return "The file is not for everybody, or its link has expired; get a new link.";
    }
    if (code.equals("GatedRepo")) {
      return "The repository is gated: open its page on "
          + site.name()
          + ", log in and accept its terms. "
          + token(site);
    }
    if (status == UNAUTHORIZED && site.token().isPresent()) {
      return site.name()
          + " does not know your token, or it may not read this. Make a new one at "
          + site.page()
          + ".";
    }
    if (status == FORBIDDEN && site.token().isPresent()) {
      return "Your account or token may not read this: open its page on "
          + site.name()
          + " to see whether its terms must be accepted or it is in early access.";
    }
    return login(site);
  }

  private static String login(Site site) {
    return site.name() + " wants you to log in, or there is no such file. " + token(site);
  }

  private static String token(Site site) {
    return site.token().isPresent()
        ? "Your token must be of an account that has access."
        : "Then make a token at "
            + site.page()
            + ", and put it into the environment variable "
            + site.variable()
            + " or a file for --token-file.";
  }

  private static String missing(Site site, String code) {
    return switch (code) {
      case "RevisionNotFound" -> "The repository has no such branch, tag or commit.";
      case "EntryNotFound" -> "The repository has no such file.";
      default ->
          site.name().isEmpty()
              ? "There is no such file; look whether the link is whole."
              : "There is nothing of this name on "
                  + site.name()
                  + ", or it is private. Look at its page in a browser.";
    };
  }

  /** Sentence about a connection that was not made or was cut. */
  static HubException unreachable(WebRequest request, Exception thrown) {
    String host = request.address().getHost();
    Optional<String> certificate = certificate(thrown);
    String reason =
        certificate.orElseGet(
            () ->
                switch (thrown.getClass().getSimpleName()) {
                  case "UnknownHostException" -> "the name has no address";
                  case "ConnectException" -> "no connection is made";
                  case "HttpConnectTimeoutException", "HttpTimeoutException" ->
                      "it does not answer in time";
                  default -> String.valueOf(thrown.getMessage());
                });
    return new HubException(
        host
            + " cannot be reached: "
            + reason
            + ". Check the address and your network; behind a proxy, give it to Java by"
            + " LORA4J_JAVA_OPTS=\"-Dhttps.proxyHost=HOST -Dhttps.proxyPort=PORT\".",
        thrown);
  }

  private static Optional<String> certificate(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof javax.net.ssl.SSLException) {
        return Optional.of("the encryption fails (" + cause.getMessage() + ")");
      }
    }
    return Optional.empty();
  }
}
