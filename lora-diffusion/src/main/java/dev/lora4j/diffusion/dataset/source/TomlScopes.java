package dev.lora4j.diffusion.dataset.source;

import dev.lora4j.diffusion.dataset.bucket.Bucket;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/**
 * Tables from the innermost outwards, of which the first that has a key gives its value. Values of
 * another kind than expected are noted, and the default is given.
 */
final class TomlScopes {
  private final String where;
  private final List<TomlTable> tables;
  private final List<String> mistakes;

  TomlScopes(String where, List<TomlTable> tables, List<String> mistakes) {
    this.where = where;
    this.tables = tables;
    this.mistakes = mistakes;
  }

  Optional<Object> value(String key) {
    return tables.stream()
        .flatMap(table -> Optional.ofNullable(table.get(List.of(key))).stream())
        .findFirst();
  }

  String text(String key, String otherwise) {
    return value(key)
        .map(v -> v instanceof String s ? s : bad(key, v, "a text", otherwise))
        .orElse(otherwise);
  }

  List<String> texts(String key, List<String> otherwise) {
    return value(key)
        .map(
            v ->
                v instanceof TomlArray list
                        && list.toList().stream().allMatch(String.class::isInstance)
                    ? list.toList().stream().map(String.class::cast).toList()
                    : bad(key, v, "a list of texts", otherwise))
        .orElse(otherwise);
  }

  boolean flag(String key) {
    return flag(key, false);
  }

  boolean flag(String key, boolean otherwise) {
    return value(key)
        .map(v -> v instanceof Boolean b ? b : bad(key, v, "true or false", otherwise))
        .orElse(otherwise);
  }

  int number(String key, int otherwise, int least) {
    return value(key)
        .map(
            v ->
                v instanceof Long n && n >= least && n <= Integer.MAX_VALUE
                    ? n.intValue()
                    : bad(key, v, "a whole number of at least " + least, otherwise))
        .orElse(otherwise);
  }

  /** A number of 0 to 1. */
  double share(String key) {
    return value(key)
        .map(
            v ->
                v instanceof Number n && n.doubleValue() >= 0 && n.doubleValue() <= 1
                    ? n.doubleValue()
                    : bad(key, v, "a number of 0 to 1", 0.0))
        .orElse(0.0);
  }

  /** Width and height: one number for both, a list of two, or a text like "512,768". */
  Optional<Bucket> size(String key) {
    return value(key).flatMap(said -> size(key, said));
  }

  private Optional<Bucket> size(String key, Object said) {
    String text =
        said instanceof TomlArray list
            ? list.toList().toString().replaceAll("[\\[\\]]", "")
            : said.toString();
    String[] parts = text.split(",", -1);
    try {
      int width = Integer.parseInt(parts[0].strip());
      int height = Integer.parseInt(parts[parts.length - 1].strip());
      if (parts.length <= 2 && width >= 8 && height >= 8 && width % 8 == 0 && height % 8 == 0) {
        return Optional.of(new Bucket(width, height));
      }
    } catch (NumberFormatException e) {
      // Reported below, as any other value.
    }
    return bad(key, said, "one side or [width, height], multiples of 8", Optional.empty());
  }

  /** A colour as {@code 0xRRGGBB}: white, black, gray, or "#rrggbb". */
  int colour(String key, int otherwise) {
    String said = text(key, "").strip().toLowerCase(Locale.ROOT);
    return switch (said) {
      case "" -> otherwise;
      case "white" -> 0xffffff;
      case "black" -> 0;
      case "gray", "grey" -> 0x808080;
      default ->
          said.matches("#[0-9a-f]{6}")
              ? Integer.parseInt(said.substring(1), 16)
              : bad(key, said, "white, black, gray or \"#rrggbb\"", otherwise);
    };
  }

  private <T> T bad(String key, Object found, String expected, T otherwise) {
    mistakes.add(where + ": " + key + " is " + found + "; expected " + expected + ".");
    return otherwise;
  }
}
