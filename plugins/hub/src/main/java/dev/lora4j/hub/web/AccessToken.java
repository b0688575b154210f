package dev.lora4j.hub.web;

import java.util.regex.Pattern;

/** A secret by which a hub knows its user. It shows itself to nobody but the hub. */
public final class AccessToken {
  private static final Pattern FORM = Pattern.compile("[\\x21-\\x7e]{1,4096}");

  private final String secret;

  private AccessToken(String secret) {
    this.secret = secret;
  }

  /**
   * The token that a text holds, without white space around it.
   *
   * @param place where the text is from, for the message
   * @throws HubException if it holds none; the message has nothing of it
   */
  public static AccessToken of(String text, String place) {
    String secret = text.strip();
    if (!FORM.matcher(secret).matches()) {
      throw new HubException(
          place + " holds no token: expected one line of visible ASCII characters without spaces.");
    }
    return new AccessToken(secret);
  }

  /** Value of the header {@code Authorization}. */
  String header() {
    return "Bearer " + secret;
  }

  @Override
  public String toString() {
    return "a token";
  }
}
