package dev.lora4j.cli.evaluate;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.diffusion.evaluation.ConceptSample;
import dev.lora4j.diffusion.evaluation.JudgedStyle;
import dev.lora4j.emoji.JudgeFolder;
import java.util.List;
import java.util.Map;

/** Held-out concepts that a judge looks at. */
public final class JudgedConcepts {
  private JudgedConcepts() {}

  /**
   * The first {@code count} of them in an order drawn once, by number; of a style with true
   * pictures only those that have one.
   */
  static Map<Integer, String> some(JudgedStyle style, JudgeFolder judge, int count) {
    List<Integer> all =
        List.copyOf(style.truths().isEmpty() ? judge.heldOut().keySet() : style.truths().keySet());
    return some(style.name(), all, judge, "--concepts", count);
  }

  /**
   * The first {@code count} of {@code all} in the same order.
   *
   * @param what is judged, for messages
   * @param setting what {@code count} was set by
   */
  public static Map<Integer, String> some(
      String what, List<Integer> all, JudgeFolder judge, String setting, int count) {
    List<String> names = judge.names();
    if (count > all.size()) {
      String message =
          "There are "
              + all.size()
              + " held-out concepts for "
              + what
              + ", so "
              + setting
              + " cannot be "
              + count
              + ".";
      throw setting.startsWith("--") ? Failure.usage(message) : new Failure(message);
    }
    return ConceptSample.of(all, names, count);
  }
}
