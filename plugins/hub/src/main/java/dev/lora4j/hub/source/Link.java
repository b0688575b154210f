package dev.lora4j.hub.source;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A link in its parts.
 *
 * @param segments of the path, decoded
 * @param query decoded
 */
record Link(URI address, List<String> segments, Map<String, String> query) {
  /** Copies its collections. */
  Link {
    segments = List.copyOf(segments);
    query = Map.copyOf(query);
  }

  /**
   * Reads a link that may be fetched: by HTTPS, or by HTTP from this machine itself.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Link parse(String text) {
    URI uri = uri(text);
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    if (!scheme.equals("https") && !scheme.equals("http")) {
      throw new IllegalArgumentException(
          "Links begin with https://; found " + scheme + ":, which is not fetched.");
    }
    if (uri.getHost() == null) {
      throw new IllegalArgumentException("The link has no host that can be read.");
    }
    if (uri.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "The link to "
              + uri.getHost()
              + " has a name or password before the @. Leave it out: it would be shown and stored.");
    }
    if (scheme.equals("http") && !Loopback.named(uri.getHost())) {
      throw new IllegalArgumentException(
          "The link to "
              + uri.getHost()
              + " begins with http://, over which anybody on the way can change the file. Use"
              + " https://.");
    }
    return new Link(uri, segments(uri), query(uri));
  }

  private static URI uri(String text) {
    try {
      return new URI(text.strip());
    } catch (URISyntaxException e) {
      // Without the cause, whose message has the whole link, which may hold a signature.
      throw new IllegalArgumentException(
          "The link cannot be read: "
              + e.getReason()
              + " at character "
              + (e.getIndex() + 1)
              + ". Copy it from the address bar of the browser.");
    }
  }

  private static List<String> segments(URI uri) {
    List<String> segments = new ArrayList<>();
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    for (String segment : path.split("/", -1)) {
      if (!segment.isEmpty()) {
        // A plus is a plus in paths, and a space in forms alone.
        segments.add(decoded(segment.replace("+", "%2B")));
      }
    }
    return segments;
  }

  private static Map<String, String> query(URI uri) {
    Map<String, String> query = new LinkedHashMap<>();
    if (uri.getRawQuery() != null) {
      for (String pair : uri.getRawQuery().split("&", -1)) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        query.put(decoded(name), equals < 0 ? "" : decoded(pair.substring(equals + 1)));
      }
    }
    return query;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "The link has a % without two hexadecimal digits behind it.", e);
    }
  }

  String host() {
    return address.getHost().toLowerCase(Locale.ROOT);
  }

  /** True if it leads below another address. */
  boolean below(URI hub) {
    return address.getAuthority().equalsIgnoreCase(hub.getAuthority())
        && address.getScheme().equalsIgnoreCase(hub.getScheme())
        && (address.getRawPath() + "/").startsWith(hub.getRawPath() + "/");
  }

  /** The segments behind those of an address that it is below. */
  List<String> segmentsBelow(URI hub) {
    return segments.subList(segments(hub).size(), segments.size());
  }

  /** The link without its query, which may hold a signature or a token. */
  String shown() {
    return Links.shown(address);
  }
}
