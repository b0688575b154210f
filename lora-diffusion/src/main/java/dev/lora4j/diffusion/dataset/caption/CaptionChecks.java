package dev.lora4j.diffusion.dataset.caption;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Checks for captions that do not describe the picture. */
public final class CaptionChecks {
  /** A tag that so large a share of the captions has is expected in the others. */
  private static final double USUAL = 0.9;

  /** Fewest captions that show what is usual. */
  private static final int FEWEST = 8;

  private static final int SHOWN = 40;

  /** A check of a caption, with its message. */
  private record Rule(String sentence, Predicate<String> broken) {
    static Rule of(String sentence, String pattern) {
      Pattern compiled = Pattern.compile(pattern, Pattern.CASE_INSENSITIVE);
      return new Rule(sentence, text -> compiled.matcher(text).find());
    }
  }

  private static final List<Rule> RULES =
      List.of(
          new Rule("is empty; say what the picture shows.", String::isBlank),
          Rule.of("holds an address of the web.", "https?://|www\\.[a-z]"),
          Rule.of(
              "looks like the path of a file.",
              "^\\s*([a-z]:\\\\|~?/|\\.{1,2}/)\\S|\\S+\\.(png|jpe?g|webp|gif|bmp|safetensors)\\s*$"),
          Rule.of(
              "holds markup of HTML.", "</?[a-z][a-z0-9]*(\\s[^<>]*)?/?>|&(amp|lt|gt|quot|#\\d+);"),
          Rule.of("looks like JSON.", "^\\s*(\\{\\s*\"|\\[\\s*[\\[{\"])"),
          Rule.of(
              "is a note to oneself.",
              "^\\s*(todo|fixme|xxx|tbd|lorem ipsum|caption( here)?)\\b[\\s:.!]*$|\\btodo\\b:"),
          Rule.of("was read with a wrong encoding.", "\ufffd|\u00c3[\u0080-\u00bf]|\u00e2\u20ac"),
          Rule.of("is a refusal of a captioning model.", "^\\s*(i'm sorry|i cannot|as an ai\\b)"),
          new Rule(
              "has braces that do not close; a wildcard is {a|b}.", CaptionChecks::unbalanced));

  private CaptionChecks() {}

  /** Suspicious properties of one caption, as sentences that follow its name. */
  public static List<String> of(String caption, String separator) {
    List<String> found = new ArrayList<>();
    for (Rule rule : RULES) {
      if (rule.broken.test(caption)) {
        found.add(rule.sentence);
      }
    }
    Set<String> seen = new HashSet<>();
    Set<String> repeated = new HashSet<>();
    for (String tag : tags(caption, separator)) {
      if (!seen.add(tag) && repeated.add(tag)) {
        found.add("says '" + shortened(tag) + "' more than once.");
      }
    }
    return found;
  }

  /**
   * Tags that each of several captions lacks though nearly all the others have them, a trigger word
   * for example.
   *
   * @return one list per caption, in their order
   */
  public static List<List<String>> lacking(List<String> captions, String separator) {
    Map<String, Integer> counts = new HashMap<>();
    List<Set<String>> all =
        captions.stream().map(text -> tags(text, separator)).map(Set::copyOf).toList();
    all.forEach(tags -> tags.forEach(tag -> counts.merge(tag, 1, Integer::sum)));
    List<String> usual =
        counts.entrySet().stream()
            .filter(e -> e.getValue() < captions.size() && e.getValue() >= USUAL * captions.size())
            .map(Map.Entry::getKey)
            .sorted()
            .toList();
    boolean enough = captions.size() >= FEWEST;
    return all.stream()
        .map(
            own ->
                enough
                    ? usual.stream().filter(tag -> !own.contains(tag)).toList()
                    : List.<String>of())
        .toList();
  }

  private static List<String> tags(String caption, String separator) {
    return Arrays.stream(caption.split(Pattern.quote(separator) + "|\\R"))
        .map(tag -> tag.strip().toLowerCase(Locale.ROOT))
        .filter(tag -> !tag.isEmpty())
        .toList();
  }

  private static boolean unbalanced(String caption) {
    int open = 0;
    for (int i = 0; i < caption.length() && open >= 0; i++) {
      open += caption.charAt(i) == '{' ? 1 : caption.charAt(i) == '}' ? -1 : 0;
    }
    return open != 0;
  }

  private static String shortened(String text) {
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
  }
}
