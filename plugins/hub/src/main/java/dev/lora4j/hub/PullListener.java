package dev.lora4j.hub;

import dev.lora4j.hub.listing.RemoteAdapter;
import java.nio.file.Path;

/** Observer of a pull. It is called by the thread that pulls, one call after the other. */
public interface PullListener {
  /** A listener that does nothing. */
  PullListener NONE = new PullListener() {};

  /** An adapter was found, and is fetched next. */
  default void begins(RemoteAdapter adapter, Path target) {}

  /**
   * More of the adapter is here.
   *
   * @param size of the whole file in bytes; -1 if that is unknown
   */
  default void progress(long bytes, long size) {}

  /** A sentence about something that the user may want to know. */
  default void note(String text) {}
}
