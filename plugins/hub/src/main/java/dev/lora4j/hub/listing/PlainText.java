package dev.lora4j.hub.listing;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text of people who write HTML, without it. */
final class PlainText {
  private static final int LONGEST = 8000;
  private static final Pattern HIDDEN =
      Pattern.compile("(?is)<(script|style)\\b.*?(</\\1\\s*>|$)|<!--.*?(-->|$)");
  private static final Pattern BREAK =
      Pattern.compile("(?i)<(br|/p|/div|/li|/h[1-6]|/tr|hr)\\b[^>]*>");
  private static final Pattern TAG = Pattern.compile("<[a-zA-Z/!?][^>]*>");
  private static final Pattern ENTITY = Pattern.compile("&(#\\d{1,7}|#[xX][0-9a-fA-F]{1,6}|\\w+);");
  private static final Map<String, String> NAMED =
      Map.of("amp", "&", "lt", "<", "gt", ">", "quot", "\"", "apos", "'", "nbsp", " ");

  private PlainText() {}

  /** The text of HTML, cut after some pages. */
  static String of(String html) {
    String cut = html.substring(0, Math.min(html.length(), 8 * LONGEST));
    String text = HIDDEN.matcher(cut).replaceAll(" ");
    text = TAG.matcher(BREAK.matcher(text).replaceAll("\n")).replaceAll("");
    text = ENTITY.matcher(text).replaceAll(m -> Matcher.quoteReplacement(character(m.group(1))));
    text =
        text.codePoints()
            .filter(c -> c == '\n' || !Character.isISOControl(c))
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString()
            .replaceAll("[ \\t\\u00a0]+", " ")
            .replaceAll(" ?\n ?", "\n")
            .replaceAll("\n{3,}", "\n\n")
            .strip();
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
  }

  private static String character(String entity) {
    if (!entity.startsWith("#")) {
      return NAMED.getOrDefault(entity, "&" + entity + ";");
    }
    boolean hex = entity.startsWith("#x") || entity.startsWith("#X");
    int code =
        hex ? Integer.parseInt(entity.substring(2), 16) : Integer.parseInt(entity.substring(1));
    return Character.isValidCodePoint(code) && code >= ' ' ? Character.toString(code) : " ";
  }
}
