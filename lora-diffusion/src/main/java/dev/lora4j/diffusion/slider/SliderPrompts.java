package dev.lora4j.diffusion.slider;

/**
 * Prompts of a slider for one attribute that it keeps.
 *
 * @param target what is drawn
 * @param positive where weights above 0 lead
 * @param negative where weights below 0 lead
 */
public record SliderPrompts(String target, String positive, String negative) {
  /** The same with a word before each of them. */
  SliderPrompts behind(String word) {
    return new SliderPrompts(joined(word, target), joined(word, positive), joined(word, negative));
  }

  private static String joined(String word, String prompt) {
    return (word + " " + prompt).strip();
  }
}
