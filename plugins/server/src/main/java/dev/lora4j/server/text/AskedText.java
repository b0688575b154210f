package dev.lora4j.server.text;

import dev.lora4j.text.pipeline.TextPrompt;
import java.util.function.Consumer;

/**
 * A text that was asked for.
 *
 * @param prompt with its adapters
 * @param listener receives the text as it comes, on the worker's thread; it must not block
 * @param feed of tokens with their log-probabilities
 */
record AskedText(TextPrompt prompt, Consumer<String> listener, TokenFeed feed) {}
