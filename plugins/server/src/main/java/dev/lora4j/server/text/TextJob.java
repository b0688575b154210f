package dev.lora4j.server.text;

import dev.lora4j.text.pipeline.Completion;
import dev.lora4j.text.pipeline.TextPrompt;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A text that a client waits for.
 *
 * @param prompt with its adapters
 * @param listener receives the text as it comes, on the worker's thread; it must not block
 * @param feed of tokens with their log-probabilities
 * @param adapters given back when the text is done or given up
 * @param arrived time of {@link System#nanoTime}
 * @param result the completion, or why there is none
 */
record TextJob(
    TextPrompt prompt,
    Consumer<String> listener,
    TokenFeed feed,
    AutoCloseable adapters,
    long arrived,
    CompletableFuture<Completion> result) {
  /** Seconds since it arrived. */
  double seconds() {
    return (System.nanoTime() - arrived) / 1e9;
  }
}
