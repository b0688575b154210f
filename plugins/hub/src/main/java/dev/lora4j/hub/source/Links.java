package dev.lora4j.hub.source;

import java.net.URI;
import java.net.URISyntaxException;

/** Links in messages and notes. */
public final class Links {
  private Links() {}

  /** A link without its query and fragment, which may hold a signature or a token. */
  public static String shown(URI link) {
    try {
      URI bare = new URI(link.getScheme(), null, link.getHost(), link.getPort(), null, null, null);
      return bare + (link.getRawPath() == null ? "" : link.getRawPath());
    } catch (URISyntaxException e) {
      return "a link";
    }
  }
}
