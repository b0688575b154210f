package dev.lora4j.diffusion.train.objective;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import dev.lora4j.diffusion.train.NoisyLatents;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * An objective as a part of a program, which serves any batch and any size.
 *
 * <p>Its inputs, all F32 and declared in this order: {@code latents} and {@code noise} [batch,
 * channels, h, w]; {@code input_noise} likewise, if the input is perturbed; {@code signal}, {@code
 * noise_share}, {@code timesteps} and {@code weight} [batch]; {@code threshold} [batch], if the
 * criterion has a threshold; {@code mask} [batch, 1, any, any], if the loss is masked. Its outputs
 * have the requested type.
 */
public final class StagedObjective {
  private static final String MASK = "mask";

  private final LossSettings settings;
  private final NoisyLatents latents;
  private final Expr timesteps;
  private final Expr weight;
  private final Optional<Expr> threshold;
  private final Optional<Expr> mask;

  private StagedObjective(
      LossSettings settings,
      NoisyLatents latents,
      Expr timesteps,
      Expr weight,
      Optional<Expr> threshold,
      Optional<Expr> mask) {
    this.settings = settings;
    this.latents = latents;
    this.timesteps = timesteps;
    this.weight = weight;
    this.threshold = threshold;
    this.mask = mask;
  }

  static StagedObjective of(
      Graph graph, long channels, DType type, Prediction prediction, ObjectiveSettings settings) {
    long any = Shape.UNKNOWN;
    Shape latent = Shape.of(any, channels, any, any);
    Shape rows = Shape.of(any);
    BiFunction<String, Shape, Expr> input =
        (name, shape) -> graph.input(name, DType.F32, shape).to(type);
    Expr clean = input.apply("latents", latent);
    Expr noise = input.apply("noise", latent);
    boolean perturbed = settings.noise().inputPerturbation() > 0;
    Expr seen = perturbed ? input.apply("input_noise", latent) : noise;
    Expr signal = input.apply("signal", rows);
    Expr share = input.apply("noise_share", rows);
    // What timesteps become is computed in F32 whatever the network computes in.
    Expr timesteps = graph.input("timesteps", DType.F32, rows);
    Expr weight = input.apply("weight", rows);
    LossSettings loss = settings.loss();
    Optional<Expr> threshold =
        loss.criterion().thresholded()
            ? Optional.of(input.apply("threshold", rows))
            : Optional.empty();
    Optional<Expr> mask =
        loss.masked()
            ? Optional.of(input.apply(MASK, Shape.of(any, 1, any, any)))
            : Optional.empty();
    NoisyLatents noisy = NoisyLatents.of(clean, noise, seen, signal, share, prediction);
    return new StagedObjective(loss, noisy, timesteps, weight, threshold, mask);
  }

  /** The network's input, [batch, channels, h, w]. */
  public Expr noisy() {
    return latents.noisy();
  }

  /** Target of the network, [batch, channels, h, w]. */
  public Expr target() {
    return latents.target();
  }

  /** Timesteps of the network's input, F32 [batch]. */
  public Expr timesteps() {
    return timesteps;
  }

  /**
   * The weighted loss of each sample, [batch]: the mean over its elements times its weight.
   *
   * @param predicted [batch, channels, h, w], of the requested type
   */
  public Expr losses(Expr predicted) {
    return losses(predicted, target());
  }

  /**
   * The same against another target.
   *
   * @param target of the shape and type of what was predicted
   */
  private Expr losses(Expr predicted, Expr target) {
    Optional<Expr> bySample = threshold.map(c -> c.reshape(-1, 1, 1, 1));
    Expr each = settings.criterion().elements(predicted.sub(target), bySample);
    if (mask.isPresent()) {
      each = each.mul(averagedTo(each, mask.get()));
    }
    return each.mean(1, 2, 3).reshape(-1).mul(weight);
  }

  /** The mean of the {@link #losses}, a scalar. */
  public Expr loss(Expr predicted) {
    return losses(predicted).mean();
  }

  /** The mean of the losses against another target, of the shape of what was predicted. */
  public Expr loss(Expr predicted, Expr target) {
    return losses(predicted, target).mean();
  }

  /** Means over the areas that an element of the loss covers. */
  private static Expr averagedTo(Expr loss, Expr mask) {
    Shape shape = mask.shape().with(2, loss.shape().size(2)).with(3, loss.shape().size(3));
    List<Object> sizes = List.of(loss.dim(2), loss.dim(3));
    return mask.graph().call("adaptive_avg_pool2d", mask.dtype(), shape, mask, sizes);
  }
}
