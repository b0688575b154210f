package dev.lora4j.server.a1111;

import dev.lora4j.core.mix.Weight;
import dev.lora4j.server.http.HttpProblem;
import dev.lora4j.server.model.NamedAdapter;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * An adapter that a prompt names, as in {@code <lora:ink:0.5:0.8:lbw=OUTALL:step=4-10>}.
 *
 * @param text weight at the text encoders
 * @param unet weight at the denoiser
 * @param blocks preset or list of the extension LoRA Block Weight; empty for none
 * @param start number of the step from which it counts, from 1; below 1 a share of the steps
 * @param stop number of the step from which it no longer counts, likewise
 */
record AdapterTag(
    String name,
    double text,
    double unet,
    String blocks,
    OptionalDouble start,
    OptionalDouble stop) {
  /**
   * The adapter with its weight at each step.
   *
   * @param steps of the run
   * @param first how many of them an init image leaves out at the beginning
   * @throws HttpProblem 422 if it would end before it begins
   */
  NamedAdapter named(int steps, int first) {
    Optional<Double> own = text == unet ? Optional.empty() : Optional.of(text);
    if (start.isEmpty() && stop.isEmpty()) {
      return new NamedAdapter(name, Weight.of(unet), own);
    }
    double from = start.isEmpty() ? 0 : share(start.getAsDouble(), steps, first);
    double to = stop.isEmpty() ? 1 : share(stop.getAsDouble(), steps, first);
    if (from > to) {
      throw A1111Problem.unusable(
          "The adapter " + name + " would stop before it starts; give a later step in stop=.");
    }
    return new NamedAdapter(name, Weight.steps(from, to, unet), own);
  }

  /** The share of a run that lies before a step. */
  private static double share(double step, int steps, int first) {
    double number = step > 0 && step < 1 ? Math.max(1, Math.rint(step * steps)) : Math.floor(step);
    return Math.min(1, Math.max(0, (number - 1 + first) / steps));
  }
}
