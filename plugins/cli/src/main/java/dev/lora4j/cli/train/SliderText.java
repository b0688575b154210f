package dev.lora4j.cli.train;

import dev.lora4j.diffusion.slider.SliderSettings;
import dev.lora4j.diffusion.style.StyleSettings;
import java.util.List;

/** Description of a slider in a plan. */
final class SliderText {
  private SliderText() {}

  /** The direction. */
  static String of(SliderSettings how) {
    return "a slider of \""
        + how.prompts().target()
        + "\" from \""
        + how.prompts().negative()
        + "\" (below 0) to \""
        + how.prompts().positive()
        + "\" (above 0), "
        + how.strength()
        + " times that far at weight 1"
        + (how.preserve().isEmpty()
            ? ""
            : ", whatever is said before: " + String.join("; ", how.preserve()));
  }

  /** Samples of a run that learns on what the base draws. */
  static List<String> drawn(PreparedRun run) {
    StyleSettings style = run.style();
    int pictures = run.settings().slider().map(SliderSettings::drawn).orElse(0);
    return List.of(
        "no pictures: the base draws "
            + pictures
            + " of the target prompt first, and their ways from noise are learned on",
        style.steps()
            + " steps of "
            + run.batch()
            + (style.accumulate() > 1 ? " x " + style.accumulate() : "")
            + " of these");
  }
}
