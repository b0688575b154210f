package dev.lora4j.core.mix;

import java.util.List;

/** Weight of an adapter as a function of the step. */
public sealed interface Weight permits StepWindow, WeightCurve, StepwiseWeight {
  /** A constant weight. */
  static Weight of(double value) {
    return new StepWindow(value, 0, 1);
  }

  /** {@code value} between two shares of the steps, nothing before and after. */
  static Weight steps(double from, double to, double value) {
    return new StepWindow(value, from, to);
  }

  /**
   * A curve through points, straight between them, and level before the first and after the last.
   *
   * @param points in the order of their shares of the steps
   */
  static Weight curve(WeightCurve.Point... points) {
    return new WeightCurve(List.of(points), WeightCurve.Course.LINEAR);
  }

  /**
   * One value after the other, each for a part of the steps; all parts have one length.
   *
   * @param values at least one, in the order of the steps
   */
  static Weight table(List<Double> values) {
    return values.size() == 1 ? of(values.get(0)) : new StepwiseWeight(values);
  }

  /**
   * Reads the output of {@link #text}: {@code 0.7}, {@code 0.7:0.5-1}, {@code
   * 0@0,1@0.5,0.2@1:cosine} or {@code 0,0.5,1}.
   *
   * @throws IllegalArgumentException if it is none of these
   */
  static Weight parse(String text) {
    return WeightSyntax.parse(text);
  }

  /** The weight in step {@code step} (from 0) of {@code steps}. */
  double at(int step, int steps);

  /**
   * The one weight for computations without steps, such as those once per image: its value while it
   * takes part, and of a curve or table the value farthest from 0.
   */
  double value();

  /** Returns true if the weight is the same at every step. */
  boolean constant();

  /** The same course with another {@link #value}. */
  Weight valued(double other);

  /** The weight in the form that {@link #parse} reads. */
  String text();

  /** The middle of a step as a share of all steps, which is where a step's weight is read. */
  static double progress(int step, int steps) {
    return (step + 0.5) / steps;
  }
}
