package dev.lora4j.diffusion.dataset.caption;

import dev.lora4j.core.train.SeededNoise;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Choices within a caption, <code>{red|blue} fox</code>, as kohya writes them; doubled braces are
 * braces. Choices do not nest.
 */
final class Wildcards {
  private static final Pattern CHOICE = Pattern.compile("\\{\\{|\\}\\}|\\{([^{}]+)\\}");

  private Wildcards() {}

  /** One of each choice, by chance. */
  static String resolved(String text, SeededNoise noise) {
    return resolved(text, choices -> choices.get(noise.index(choices.size())));
  }

  /** One of each choice. */
  static String resolved(String text, Function<List<String>, String> choice) {
    Matcher found = CHOICE.matcher(text);
    StringBuilder out = new StringBuilder();
    while (found.find()) {
      String choices = found.group(1);
      String one;
      if (choices == null) {
        one = found.group().substring(1);
      } else {
        one = choice.apply(List.of(choices.split("\\|", -1)));
      }
      found.appendReplacement(out, Matcher.quoteReplacement(one));
    }
    return found.appendTail(out).toString();
  }
}
