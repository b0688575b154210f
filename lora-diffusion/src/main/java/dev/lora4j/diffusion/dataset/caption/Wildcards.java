package dev.lora4j.diffusion.dataset.caption;

import dev.lora4j.core.train.Noise;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Choices within a caption, <code>{red|blue} fox</code>, as kohya writes them; doubled braces are
 * braces. Choices do not nest.
 */
final class Wildcards {
  private static final Pattern CHOICE = Pattern.compile("\\{\\{|\\}\\}|\\{([^{}]+)\\}");

  private Wildcards() {}

  /** One of each choice. */
  static String resolved(String text, Noise noise) {
    Matcher found = CHOICE.matcher(text);
    StringBuilder out = new StringBuilder();
    while (found.find()) {
      String choices = found.group(1);
      String one;
      if (choices == null) {
        one = found.group().substring(1);
      } else {
        String[] all = choices.split("\\|", -1);
        one = all[noise.index(all.length)];
      }
      found.appendReplacement(out, Matcher.quoteReplacement(one));
    }
    return found.appendTail(out).toString();
  }
}
