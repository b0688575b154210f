package dev.lora4j.server.guard;

/**
 * Who sent an admitted request.
 *
 * @param tenant the name of the token that was shown, or {@link #NOBODY}
 * @param session the public name of the page's session; empty for clients without a page
 */
public record Principal(String tenant, String session) {
  /** The tenant of a request that needed no token and showed none. */
  public static final String NOBODY = "-";

  /** Who shows no token where none is needed. */
  public static Principal anonymous() {
    return new Principal(NOBODY, "");
  }

  /** A client that shows a token. */
  public static Principal tenant(String name) {
    return new Principal(name, "");
  }

  /** True for a page of the browser, which shows its session's cookie. */
  public boolean isPage() {
    return !session.isEmpty();
  }
}
