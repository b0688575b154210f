package dev.lora4j.text.pipeline;

/** Receives text as it comes. Called on the thread that generates it. */
@FunctionalInterface
public interface TextListener {
  /** Ignores all text. */
  TextListener NONE = (prompt, piece) -> {};

  /**
   * A piece of text; whole characters, and nothing that may turn out to be a text to stop at.
   *
   * @param prompt which of the prompts it follows, from 0
   */
  void text(int prompt, String piece);
}
