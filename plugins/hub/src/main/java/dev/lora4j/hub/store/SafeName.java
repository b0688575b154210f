package dev.lora4j.hub.store;

import dev.lora4j.hub.web.HubException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Names of adapters in a folder, made of names that anybody may have written: one segment of a path
 * on every system, which hides nothing and looks like no option.
 */
public final class SafeName {
  private static final String NAMELESS = "adapter";

  /** With endings of sidecars and temporary files a name stays below the 255 that systems allow. */
  private static final int MOST_BYTES = 180;

  /** Separators of paths, what shells or Windows take for something else, and our own signs. */
  private static final String SIGNS = "/\\:*?\"<>|+";

  private static final Pattern DEVICE =
      Pattern.compile("(?i)(con|prn|aux|nul|conin\\$|conout\\$|(com|lpt)[0-9¹²³])( *\\..*)?");

  /** Folders that have a meaning in a library. */
  private static final Set<String> TAKEN = Set.of("tenants");

  private SafeName() {}

  /** A safe name as near to a text as can be. */
  public static String of(String text) {
    StringBuilder name = new StringBuilder();
    Normalizer.normalize(text, Normalizer.Form.NFC)
        .codePoints()
        .map(c -> Character.isWhitespace(c) || Character.isSpaceChar(c) ? ' ' : c)
        .forEach(c -> name.appendCodePoint(SIGNS.indexOf(c) >= 0 || unseen(c) ? '_' : c));
    String trimmed = cut(name.toString().strip()).replaceAll("[. ]+$", "");
    String begun = trimmed.replaceFirst("^[.\\-~ ]+", "_");
    if (begun.isEmpty() || begun.chars().allMatch(c -> c == '_')) {
      return NAMELESS;
    }
    boolean reserved =
        DEVICE.matcher(begun).matches() || TAKEN.contains(begun.toLowerCase(Locale.ROOT));
    return reserved ? "_" + begun : begun;
  }

  /**
   * A name that a user wrote, which is not changed.
   *
   * @throws HubException if it is not safe; the message has the nearest that is
   */
  public static String require(String text) {
    String safe = of(text);
    if (!safe.equals(text)) {
      throw new HubException(
          "'" + text + "' cannot be the name of an adapter here; '" + safe + "' can.");
    }
    return safe;
  }

  private static boolean unseen(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }

  private static String cut(String name) {
    int end = name.length();
    while (name.substring(0, end).getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
      end = name.offsetByCodePoints(end, -1);
    }
    return name.substring(0, end);
  }
}
