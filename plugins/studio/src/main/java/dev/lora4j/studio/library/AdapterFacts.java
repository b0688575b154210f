package dev.lora4j.studio.library;

import dev.lora4j.server.library.AdapterFile;
import dev.lora4j.server.library.FileStamp;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What is known of an adapter while its files are the same.
 *
 * @param stamp of its files
 * @param problem why its header cannot be read; empty if it can
 * @param content absent until its tensors were looked at
 */
record AdapterFacts(
    String stamp, HeaderFacts header, String problem, Optional<ContentFacts> content) {
  /** What shows that one of an adapter's files has changed. */
  static String stamp(AdapterFile file) {
    return file.parts().stream()
        .map(part -> part.name() + " " + text(part.stamp()))
        .collect(Collectors.joining("\n"));
  }

  private static String text(FileStamp stamp) {
    return String.join(
        " ",
        Long.toString(stamp.size()),
        stamp.modified().toString(),
        stamp.changed().toString(),
        stamp.number());
  }

  AdapterFacts content(ContentFacts found) {
    return new AdapterFacts(stamp, header, problem, Optional.of(found));
  }
}
