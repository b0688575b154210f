package dev.lora4j.studio.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line that goes on with a training that was ended before it was done. */
final class GoingOn {
  private static final String RESUME = "--resume";
  private static final String OVERWRITE = "--overwrite";

  private GoingOn() {}

  /**
   * The words of a command with {@code --resume}. One that was to overwrite an earlier training and
   * has not come to it stays as it is, or the earlier one would go on.
   *
   * @param sign file of the run that it writes when what was there is gone
   * @param started when it was started, in milliseconds of the epoch
   */
  static List<String> words(List<String> words, Path sign, long started) {
    if (words.contains(OVERWRITE) && !writtenSince(sign, started)) {
      return words;
    }
    List<String> going = new ArrayList<>(words);
    going.remove(OVERWRITE);
    if (!going.contains(RESUME)) {
      going.add(RESUME);
    }
    return going;
  }

  private static boolean writtenSince(Path sign, long started) {
    try {
      return Files.getLastModifiedTime(sign).toMillis() >= started;
    } catch (IOException e) {
      return false; // it is not there
    }
  }
}
