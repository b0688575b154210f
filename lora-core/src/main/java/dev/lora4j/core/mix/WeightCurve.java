package dev.lora4j.core.mix;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A weight that goes from point to point, level before the first and after the last.
 *
 * @param points in the order of their shares of the steps; of two at one share the later one holds
 *     from there on, which is a jump
 * @param course how it goes from one to the next
 */
public record WeightCurve(List<Point> points, Course course) implements Weight {
  /**
   * A value at a share of the steps.
   *
   * @param at 0 is the beginning of the first step, 1 the end of the last
   */
  public record Point(double value, double at) {
    /** Checks the range. */
    public Point {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("a weight must be a number, found " + value);
      }
      if (!(0 <= at && at <= 1)) {
        throw new IllegalArgumentException(
            "a point of a weight's curve must be at a share of the steps from 0 to 1, found " + at);
      }
    }
  }

  /** Interpolation of a curve between two points. */
  public enum Course {
    /** Straight. */
    LINEAR,
    /** Half a period of a cosine, level at both points. */
    COSINE
  }

  /** Copies the points and checks their order. */
  public WeightCurve {
    points = List.copyOf(points);
    if (points.isEmpty()) {
      throw new IllegalArgumentException("a weight's curve needs at least one point");
    }
    for (int i = 1; i < points.size(); i++) {
      if (points.get(i).at() < points.get(i - 1).at()) {
        throw new IllegalArgumentException(
            "the points of a weight's curve must be in the order of the steps, found "
                + points.get(i - 1).at()
                + " before "
                + points.get(i).at());
      }
    }
  }

  @Override
  public double at(int step, int steps) {
    double progress = Weight.progress(step, steps);
    Point before = points.get(0);
    for (Point point : points) {
      if (point.at() > progress) {
        // Before the first point, it is its own neighbour.
        return before.equals(point) ? point.value() : between(before, point, progress);
      }
      before = point;
    }
    return before.value();
  }

  private double between(Point before, Point after, double progress) {
    double share = (progress - before.at()) / (after.at() - before.at());
    double gone = course == Course.LINEAR ? share : (1 - Math.cos(Math.PI * share)) / 2;
    return before.value() + gone * (after.value() - before.value());
  }

  @Override
  public double value() {
    return StepwiseWeight.farthest(points.stream().map(Point::value).toList());
  }

  @Override
  public boolean constant() {
    return points.stream().allMatch(p -> p.value() == points.get(0).value());
  }

  /** A copy with all points in proportion; a curve that is 0 everywhere becomes level. */
  @Override
  public Weight valued(double other) {
    double now = value();
    if (now == other) {
      return this;
    }
    List<Point> scaled = new ArrayList<>();
    for (Point point : points) {
      scaled.add(new Point(now == 0 ? other : point.value() / now * other, point.at()));
    }
    return new WeightCurve(scaled, course);
  }

  @Override
  public String text() {
    String all =
        points.stream()
            .map(p -> WeightSyntax.number(p.value()) + "@" + WeightSyntax.number(p.at()))
            .collect(Collectors.joining(","));
    return course == Course.LINEAR ? all : all + ":cosine";
  }
}
