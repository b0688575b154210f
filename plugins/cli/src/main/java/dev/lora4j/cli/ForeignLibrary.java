package dev.lora4j.cli;

/**
 * A library of another version than this program was built with, which comes first on the class
 * path: the program may fail anywhere, also where it tells of failures.
 */
final class ForeignLibrary {
  private ForeignLibrary() {}

  /** What to tell of it. */
  static String explanation(LinkageError error) {
    Throwable first = error;
    while (first.getCause() != null) {
      first = first.getCause();
    }
    return "lora4j: another version of one of its libraries comes before its own on the class path ("
        + first.getMessage()
        + "). Let its own jars come first. Beside Spark 3.5 another class is started; docs/spark.md"
        + " says how.";
  }
}
