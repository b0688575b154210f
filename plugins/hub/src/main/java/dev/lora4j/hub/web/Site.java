package dev.lora4j.hub.web;

import java.net.URI;
import java.util.Optional;

/**
 * A hub as requests know it.
 *
 * @param name for messages; empty for a host that is no hub
 * @param address whose host alone gets the token
 * @param token of the user, if there is one
 * @param variable of the environment that holds it
 * @param page on which users make tokens
 */
public record Site(
    String name, URI address, Optional<AccessToken> token, String variable, String page) {
  /** Any host, which gets no token. */
  public static Site other(URI address) {
    return new Site("", address, Optional.empty(), "", "");
  }

  /** Hugging Face without a token. */
  public static Site huggingFace(URI address) {
    return new Site(
        "Hugging Face",
        address,
        Optional.empty(),
        TokenPlaces.HUGGING_FACE,
        "https://huggingface.co/settings/tokens");
  }

  /** Civitai without a token. */
  public static Site civitai(URI address) {
    return new Site(
        "Civitai",
        address,
        Optional.empty(),
        TokenPlaces.CIVITAI,
        "https://civitai.com/user/account");
  }

  /** This site with a token. */
  public Site withToken(AccessToken secret) {
    return new Site(name, address, Optional.of(secret), variable, page);
  }

  /** Header for a request to an address; none where that is another host. */
  Optional<String> authorization(URI to) {
    return token.filter(t -> sameOrigin(to)).map(AccessToken::header);
  }

  private boolean sameOrigin(URI to) {
    return address.getScheme().equalsIgnoreCase(to.getScheme())
        && address.getHost().equalsIgnoreCase(to.getHost())
        && port(address) == port(to);
  }

  private static int port(URI uri) {
    return uri.getPort() >= 0
        ? uri.getPort()
        : uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
  }
}
