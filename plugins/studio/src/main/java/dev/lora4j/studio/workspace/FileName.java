package dev.lora4j.studio.workspace;

import dev.lora4j.server.json.FieldException;
import java.util.Locale;
import java.util.regex.Pattern;

/** Names that a page gives to files: one segment of a path that every system can write. */
public final class FileName {
  private static final int LONGEST = 120;
  private static final Pattern FORBIDDEN = Pattern.compile("[\\p{Cntrl}/\\\\:*?\"<>|\\p{Cf}]");
  private static final Pattern DEVICES = Pattern.compile("(con|prn|aux|nul|com\\d|lpt\\d)(\\..*)?");

  private FileName() {}

  /**
   * Checks a name.
   *
   * @param field of the request, for messages
   * @throws FieldException if no file can have it on every system
   */
  public static String require(String field, String name) {
    boolean good =
        !name.isBlank()
            && name.length() <= LONGEST
            && !FORBIDDEN.matcher(name).find()
            && !name.startsWith(".")
            && !name.startsWith("-")
            && !name.endsWith(".")
            && name.strip().equals(name)
            && !DEVICES.matcher(name.toLowerCase(Locale.ROOT)).matches();
    if (!good) {
      throw new FieldException(
          field,
          field
              + " must be a name for a file: 1 to "
              + LONGEST
              + " letters, digits, spaces and marks other than / \\ : * ? \" < > |, not beginning"
              + " with a dot or a dash.");
    }
    return name;
  }
}
