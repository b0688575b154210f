package dev.lora4j.core.format.reading;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Permission to use an adapter's file, for some users or all. An extension point: every installed
 * policy decides on every file that is read, and all have to agree. Implementations are values,
 * safe for use by several threads, whose settings all have defaults.
 *
 * <p>One that throws, or cannot be made, permits nothing.
 */
public interface AdapterPolicy {
  /**
   * The adapter to decide about.
   *
   * @param file or folder that it is read from
   * @param identity of its effect, whatever the file's name, as {@link
   *     dev.lora4j.core.adapter.Adapter#identity}
   * @param metadata metadata of the file's header
   * @param user who wants to use it, see {@link ReadOptions#user}
   */
  record Use(Path file, String identity, Map<String, String> metadata, String user) {
    /** Copies the metadata. */
    public Use {
      metadata = Collections.unmodifiableMap(new TreeMap<>(metadata));
    }
  }

  /** Reason for a refusal, a sentence for the user; empty if the adapter may be used. */
  Optional<String> refusal(Use adapter);
}
