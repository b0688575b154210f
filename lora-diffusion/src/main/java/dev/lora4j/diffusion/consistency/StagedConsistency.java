package dev.lora4j.diffusion.consistency;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;

/**
 * A consistency objective as a part of a program, which serves any batch and any size.
 *
 * <p>Its inputs, all F32 and declared in this order: {@code latents} and {@code noise} [batch,
 * channels, h, w]; {@code guidance} [batch]; then signal, noise, timestep, and the shares of the
 * boundary, each [batch], of the level that the student sees and of the one below. Its outputs have
 * the requested type.
 */
public final class StagedConsistency {
  private final Prediction prediction;
  private final ConsistencySettings settings;
  private final Expr guidance;
  private final Level from;
  private final Level to;
  private final Expr noisy;

  /** A level of noise; [batch, 1, 1, 1] but the timesteps, which are F32 [batch]. */
  private record Level(Expr signal, Expr noise, Expr timesteps, Expr skip, Expr out) {
    static Level declared(Graph graph, String name, DType type) {
      return new Level(
          row(graph, name + "_signal", type),
          row(graph, name + "_noise", type),
          // What timesteps become is computed in F32 whatever the network computes in.
          graph.input(name + "_timesteps", DType.F32, Shape.of(Shape.UNKNOWN)),
          row(graph, name + "_skip", type),
          row(graph, name + "_out", type));
    }
  }

  StagedConsistency(
      Graph graph, long channels, DType type, Prediction prediction, ConsistencySettings settings) {
    this.prediction = prediction;
    this.settings = settings;
    Shape latents = Shape.of(Shape.UNKNOWN, channels, Shape.UNKNOWN, Shape.UNKNOWN);
    Expr clean = graph.input("latents", DType.F32, latents).to(type);
    Expr noise = graph.input("noise", DType.F32, latents).to(type);
    guidance = row(graph, "guidance", type);
    from = Level.declared(graph, "from", type);
    to = Level.declared(graph, "to", type);
    noisy = from.signal().mul(clean).add(from.noise().mul(noise));
  }

  private static Expr row(Graph graph, String name, DType type) {
    Expr row = graph.input(name, DType.F32, Shape.of(Shape.UNKNOWN));
    return row.to(type).reshape(-1, 1, 1, 1);
  }

  /** Input of the student and of the teacher, [batch, channels, h, w]. */
  public Expr noisy() {
    return noisy;
  }

  /** Timesteps of that, F32 [batch]. */
  public Expr timesteps() {
    return from.timesteps();
  }

  /** Timesteps of the latents that the teacher steps to, F32 [batch]. */
  public Expr nextTimesteps() {
    return to.timesteps();
  }

  /**
   * One deterministic step of the guided teacher (Song et al. 2021, equation 12 with eta 0).
   *
   * @param conditional what it predicts for the noisy latents with their captions
   * @param unconditional what it predicts without
   * @return latents at the level below, without gradient
   */
  public Expr stepped(Expr conditional, Expr unconditional) {
    Expr guided = conditional.add(guidance.mul(conditional.sub(unconditional)));
    Expr picture = picture(from, noisy, guided);
    Expr noise =
        prediction == Prediction.EPSILON
            ? guided
            : from.signal().mul(guided).add(from.noise().mul(noisy));
    return to.signal().mul(picture).add(to.noise().mul(noise)).detach();
  }

  /**
   * The mean distance between what the student makes of the noisy latents and, without gradient, of
   * those below, a scalar.
   *
   * @param predicted by the student for the noisy latents
   * @param next latents at the level below
   * @param target predicted by the student for them
   */
  public Expr loss(Expr predicted, Expr next, Expr target) {
    Expr one = consistent(from, noisy, predicted);
    Expr other = consistent(to, next, target).detach();
    return settings.elements(one.sub(other)).mean();
  }

  private Expr consistent(Level level, Expr x, Expr predicted) {
    return level.skip().mul(x).add(level.out().mul(picture(level, x, predicted)));
  }

  private Expr picture(Level level, Expr x, Expr predicted) {
    return prediction == Prediction.EPSILON
        ? x.sub(level.noise().mul(predicted)).div(level.signal())
        : level.signal().mul(x).sub(level.noise().mul(predicted));
  }
}
