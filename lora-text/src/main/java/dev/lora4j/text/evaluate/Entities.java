package dev.lora4j.text.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Entities in the classes of a text's words, such as names: runs of words, by classes with prefixes
 * as in {@code B-PER I-PER O}. What begins and ends one is as in seqeval 1.2 and the scorer of
 * CoNLL 2000.
 */
public final class Entities {
  private static final Pattern PREFIXED = Pattern.compile("O|[BIES]-.+");

  private Entities() {}

  /**
   * An entity.
   *
   * @param type its class without the prefix
   * @param from number of its first word
   * @param to number of its last word
   */
  public record Entity(String type, int from, int to) {}

  /** True if all classes have a prefix or are {@code O}. */
  public static boolean prefixed(List<String> classes) {
    return classes.stream().allMatch(c -> PREFIXED.matcher(c).matches());
  }

  /** The entities of a text. */
  public static List<Entity> of(List<String> tags) {
    List<Entity> all = new ArrayList<>();
    String before = "O";
    int from = 0;
    for (int i = 0; i <= tags.size(); i++) {
      String tag = i < tags.size() ? tags.get(i) : "O";
      if (ends(before, tag)) {
        all.add(new Entity(type(before), from, i - 1));
      }
      if (begins(before, tag)) {
        from = i;
      }
      before = tag;
    }
    return all;
  }

  private static String type(String tag) {
    return tag.length() > 1 ? tag.substring(2) : "";
  }

  private static boolean ends(String before, String tag) {
    return switch (before.charAt(0)) {
      case 'E', 'S' -> true;
      case 'B', 'I' -> "BSO".indexOf(tag.charAt(0)) >= 0 || !type(before).equals(type(tag));
      default -> false;
    };
  }

  private static boolean begins(String before, String tag) {
    return switch (tag.charAt(0)) {
      case 'B', 'S' -> true;
      case 'E', 'I' -> "ESO".indexOf(before.charAt(0)) >= 0 || !type(before).equals(type(tag));
      default -> false;
    };
  }
}
