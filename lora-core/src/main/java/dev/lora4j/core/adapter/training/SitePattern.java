package dev.lora4j.core.adapter.training;

import dev.lora4j.core.identity.Canonical;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Names of layers, as a user writes them.
 *
 * <p>A text that begins with {@code re:} is a regular expression for the whole canonical name. In
 * any other, {@code *} stands for anything and {@code ?} for one character; it is compared with the
 * whole name or with its end behind a dot, so that {@code to_q} means all layers of that name and
 * {@code unet.mid_block.*} all of that block.
 */
public final class SitePattern implements Canonical {
  private static final String EXPRESSION = "re:";

  private final String text;
  private final Pattern pattern;

  private SitePattern(String text, Pattern pattern) {
    this.text = text;
    this.pattern = pattern;
  }

  /**
   * Reads a pattern.
   *
   * @throws IllegalArgumentException if it is empty, or no regular expression
   */
  public static SitePattern of(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("A pattern for layers is empty; write for example to_q.");
    }
    if (!text.startsWith(EXPRESSION)) {
      return new SitePattern(text, Pattern.compile("(?:.*\\.)?" + glob(text)));
    }
    try {
      return new SitePattern(text, Pattern.compile(text.substring(EXPRESSION.length())));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          text + " is no regular expression: " + e.getDescription() + ".", e);
    }
  }

  private static String glob(String text) {
    StringBuilder expression = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '*' -> expression.append(".*");
        case '?' -> expression.append('.');
        default -> expression.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return expression.toString();
  }

  /** Returns true if the pattern matches the layer of this canonical name. */
  public boolean matches(String site) {
    return pattern.matcher(site).matches();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SitePattern p && text.equals(p.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String canonical() {
    return text;
  }

  /** The pattern as written. */
  @Override
  public String toString() {
    return text;
  }
}
