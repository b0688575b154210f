package dev.lora4j.hub.store;

/** How far a file has come. */
@FunctionalInterface
public interface Arrival {
  /**
   * Some bytes are here.
   *
   * @param bytes that are here of the whole file
   * @param size of the whole file; -1 if that is unknown
   */
  void progress(long bytes, long size);
}
