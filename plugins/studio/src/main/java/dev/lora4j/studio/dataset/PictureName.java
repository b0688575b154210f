package dev.lora4j.studio.dataset;

import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Names of picture files: safe on every system, and one for each caption. */
final class PictureName {
  private static final int LONGEST = 80;
  private static final Pattern FORBIDDEN =
      Pattern.compile("[\\p{Cntrl}\\p{Cf}\\p{Co}\\p{Cs}/\\\\:*?\"<>|]+");
  private static final Pattern EDGES = Pattern.compile("^[\\s.\\-~]+|[\\s.]+$");
  private static final Pattern DEVICES = Pattern.compile("con|prn|aux|nul|com\\d|lpt\\d");

  private PictureName() {}

  /** A file's name without its ending, which a caption shares. */
  static String stem(Path file) {
    return stem(String.valueOf(file.getFileName()));
  }

  private static String stem(String name) {
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  /**
   * A name for a picture that somebody called something.
   *
   * @param asked with any folders and ending
   * @param taken true for a name without ending that another picture has
   * @return without ending
   */
  static String of(String asked, Predicate<String> taken) {
    String last = asked.substring(Math.max(asked.lastIndexOf('/'), asked.lastIndexOf('\\')) + 1);
    String plain = Normalizer.normalize(stem(last), Normalizer.Form.NFC);
    plain = FORBIDDEN.matcher(plain).replaceAll("-");
    plain = plain.substring(0, plain.offsetByCodePoints(0, shortest(plain)));
    plain = EDGES.matcher(plain).replaceAll("");
    if (plain.isEmpty() || DEVICES.matcher(plain.toLowerCase(Locale.ROOT)).matches()) {
      plain = "picture" + (plain.isEmpty() ? "" : "-" + plain);
    }
    String name = plain;
    for (int i = 2; taken.test(name); i++) {
      name = plain + "-" + i;
    }
    return name;
  }

  private static int shortest(String text) {
    return Math.min(LONGEST, text.codePointCount(0, text.length()));
  }
}
