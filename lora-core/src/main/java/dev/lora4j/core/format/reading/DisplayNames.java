package dev.lora4j.core.format.reading;

/** Names from files in messages: files are not trusted. */
final class DisplayNames {
  private static final int MOST = 160;

  private DisplayNames() {}

  /** Name without control characters, at most a line or two long. */
  static String of(String name) {
    String cut = name.length() <= MOST ? name : name.substring(0, MOST) + "...";
    return cut.replaceAll("\\p{Cntrl}", "?");
  }
}
