package dev.lora4j.server.embedding;

import dev.lora4j.text.encode.EncoderText;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Texts of one request.
 *
 * @param texts with their adapters
 * @param adapters given back when they are encoded or given up
 * @param arrived time of {@link System#nanoTime}
 * @param result their vectors, or why there are none
 */
record EncoderJob(
    List<EncoderText> texts,
    AutoCloseable adapters,
    long arrived,
    CompletableFuture<List<float[]>> result) {
  /** Seconds since they arrived. */
  double seconds() {
    return (System.nanoTime() - arrived) / 1e9;
  }

  /** Number of all tokens, which is what they are charged. */
  int tokens() {
    return texts.stream().mapToInt(text -> text.ids().length).sum();
  }
}
