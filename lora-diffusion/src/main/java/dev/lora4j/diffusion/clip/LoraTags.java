package dev.lora4j.diffusion.clip;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Adapters that a prompt names itself: {@code <lora:ink:0.7>}, as the common user interfaces read
 * it. Without a weight it is 1.
 *
 * @param text the prompt without the tags
 * @param tags the adapters in the order in which they stand
 */
public record LoraTags(String text, List<Tag> tags) {
  private static final Pattern TAG = Pattern.compile("<lora:([^:>]+)(?::([^>]*))?>");

  /** One tag. */
  public record Tag(String name, double weight) {}

  /** Copies the list. */
  public LoraTags {
    tags = List.copyOf(tags);
  }

  /**
   * Takes the tags out of a prompt.
   *
   * @throws IllegalArgumentException if a weight is no number
   */
  public static LoraTags of(String prompt) {
    List<Tag> tags = new ArrayList<>();
    Matcher found = TAG.matcher(prompt);
    StringBuilder text = new StringBuilder();
    while (found.find()) {
      tags.add(new Tag(found.group(1), weight(found)));
      found.appendReplacement(text, "");
    }
    found.appendTail(text);
    return new LoraTags(tags.isEmpty() ? prompt : text.toString().strip(), tags);
  }

  private static double weight(Matcher found) {
    String weight = found.group(2);
    if (weight == null) {
      return 1;
    }
    try {
      double value = Double.parseDouble(weight.strip());
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IllegalArgumentException(
        found.group() + " should be <lora:NAME:WEIGHT> with one number, found '" + weight + "'");
  }
}
