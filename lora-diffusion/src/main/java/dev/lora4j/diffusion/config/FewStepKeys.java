package dev.lora4j.diffusion.config;

import static dev.lora4j.diffusion.config.KeyType.choice;
import static dev.lora4j.diffusion.config.KeyType.count;
import static dev.lora4j.diffusion.config.KeyType.number;
import static dev.lora4j.diffusion.config.RunKey.unset;

import dev.lora4j.diffusion.consistency.ConsistencySettings;
import dev.lora4j.diffusion.consistency.ConsistencySettings.Measure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Keys of adapters for pictures in few steps. */
final class FewStepKeys {
  private static final double MOST_GUIDANCE = 100;
  private static final String FEW_STEPS = "few_steps";

  /** Subject of the training. */
  static final RunKey<String> LEARN =
      RunKey.of(
          "learn",
          choice("pictures", FEW_STEPS, SliderKeys.SLIDER),
          "pictures",
          "The style of the pictures, to make the base's own in few_steps, or a slider");

  private static final RunKey<Integer> SOLVER_STEPS =
      unset("few_steps.solver_steps", count(2), "Steps of the teacher over all noise; 50");
  private static final RunKey<Double> GUIDANCE_MIN =
      unset(
          "few_steps.guidance_min",
          number(0, MOST_GUIDANCE),
          "Least guidance of the teacher, its guidance scale less 1; by the base if not given");
  private static final RunKey<Double> GUIDANCE_MAX =
      unset("few_steps.guidance_max", number(0, MOST_GUIDANCE), "Greatest of it");
  private static final RunKey<String> LOSS =
      unset("few_steps.loss", choice("huber", "l2"), "Distance to the target; huber");
  private static final RunKey<Double> HUBER_C =
      unset("few_steps.huber_c", number(1e-6, 1), "Where huber turns straight; 0.001");

  /** The table of them, in the order in which a file has them. */
  static final List<RunKey<?>> ALL =
      List.of(SOLVER_STEPS, GUIDANCE_MIN, GUIDANCE_MAX, LOSS, HUBER_C);

  private FewStepKeys() {}

  /** True if an adapter for few steps is trained. */
  static boolean asked(RunValues values) {
    return values.get(LEARN).equals(FEW_STEPS);
  }

  /** Keys that have no effect on what is trained, as sentences. */
  static List<String> problems(RunValues values) {
    boolean asked = asked(values);
    List<String> problems = new ArrayList<>();
    for (RunKey<?> key : asked ? ofStyles() : ALL) {
      String origin = values.origin(key);
      if (!origin.equals(RunValues.DEFAULT) && !Presets.said(origin)) {
        problems.add(
            origin
                + ": "
                + key.name()
                + (asked
                    ? " has no effect with learn = few_steps, whose loss has keys of its own in"
                        + " few_steps; take it away."
                    : " has an effect with learn = few_steps alone; take it away, or set that."));
      }
    }
    return problems;
  }

  /** Keys of styles that this loss has no place for. */
  private static List<RunKey<?>> ofStyles() {
    return Stream.of(LossKeys.ALL, TimestepKeys.ALL, List.<RunKey<?>>of(RunKeys.REGULARISATION))
        .<RunKey<?>>flatMap(List::stream)
        .toList();
  }

  /**
   * The settings of the keys.
   *
   * @param usual settings that suit the base
   * @throws RunProblems if they do not go together
   */
  static ConsistencySettings settings(RunValues values, ConsistencySettings usual) {
    try {
      double least = values.find(GUIDANCE_MIN).orElse(usual.leastGuidance());
      double most = values.find(GUIDANCE_MAX).orElse(Math.max(least, usual.mostGuidance()));
      return new ConsistencySettings(
          values.find(SOLVER_STEPS).orElse(usual.solverSteps()),
          values.find(GUIDANCE_MIN).isPresent() ? least : Math.min(least, most),
          most,
          values
              .find(LOSS)
              .map(word -> Measure.valueOf(word.toUpperCase(Locale.ROOT)))
              .orElse(usual.measure()),
          values.find(HUBER_C).orElse(usual.huberC()));
    } catch (IllegalArgumentException e) {
      throw new RunProblems(List.of("few_steps: " + e.getMessage() + "."));
    }
  }
}
