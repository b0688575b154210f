package dev.lora4j.server.http;

/** Writes the events of an answer. It may block. */
@FunctionalInterface
public interface EventProducer {
  /**
   * Writes events. A problem that is thrown before the first event becomes the answer; later it can
   * only end the stream, so a face writes its own event for it.
   */
  void produce(EventStream stream) throws Exception;
}
