package dev.lora4j.hub.listing;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The header by which a server names a file. */
final class Disposition {
  private static final Pattern EXTENDED =
      Pattern.compile("(?i)filename\\*\\s*=\\s*utf-8'[^']*'([^;]+)");
  private static final Pattern QUOTED = Pattern.compile("(?i)filename\\s*=\\s*\"([^\"]*)\"");
  private static final Pattern BARE = Pattern.compile("(?i)filename\\s*=\\s*([^;\"\\s]+)");

  private Disposition() {}

  /** The name in {@code Content-Disposition}, as the server wrote it; empty if there is none. */
  static String fileName(String header) {
    Matcher extended = EXTENDED.matcher(header);
    if (extended.find()) {
      try {
        return URLDecoder.decode(
            extended.group(1).strip().replace("+", "%2B"), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        return "";
      }
    }
    for (Pattern pattern : new Pattern[] {QUOTED, BARE}) {
      Matcher found = pattern.matcher(header);
      if (found.find()) {
        return found.group(1).strip();
      }
    }
    return "";
  }
}
