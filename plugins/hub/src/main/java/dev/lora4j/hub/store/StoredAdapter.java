package dev.lora4j.hub.store;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * An adapter that lies in a library.
 *
 * @param alreadyThere whether it was there, so that nothing was fetched
 * @param bytes of the file with its tensors
 * @param sha256 of that file, in hexadecimal
 * @param family of the base that its layers are of, for people; none where that was not found out
 * @param warnings sentences about what may be wrong with it
 */
public record StoredAdapter(
    Path path,
    boolean alreadyThere,
    long bytes,
    String sha256,
    Optional<String> family,
    List<String> warnings) {
  /** Copies the list. */
  public StoredAdapter {
    warnings = List.copyOf(warnings);
  }
}
