package dev.lora4j.whisper;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Text of a recording.
 *
 * @param language code of its language
 * @param windows of the recording, one after the other
 */
public record Transcript(String language, List<Window> windows) {
  /** Copies the list. */
  public Transcript {
    windows = List.copyOf(windows);
  }

  /**
   * Part of a recording that was read at once.
   *
   * @param begin where it begins, in seconds
   * @param end where it ends
   * @param text what is said in it
   * @param tokens those that were written, with the one that ended it
   */
  public record Window(double begin, double end, String text, List<Integer> tokens) {
    /** Copies the list. */
    public Window {
      tokens = List.copyOf(tokens);
    }
  }

  /** The whole text. */
  public String text() {
    return windows.stream()
        .map(Window::text)
        .filter(t -> !t.isEmpty())
        .collect(Collectors.joining(" "));
  }
}
