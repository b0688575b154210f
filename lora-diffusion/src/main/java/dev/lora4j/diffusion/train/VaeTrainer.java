package dev.lora4j.diffusion.train;

import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.core.train.StepSettings;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.TrainingStep;
import dev.lora4j.diffusion.autoencoder.LatentMoments;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.vae.Vae;
import dev.lora4j.diffusion.vae.VaeConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * Trains an autoencoder from random weights on absolute error, the error of the picture's slopes,
 * and a small divergence that keeps latents near a normal distribution (Rombach et al. 2022,
 * section 3.1, without the adversary).
 */
public final class VaeTrainer {
  /**
   * Terms of the loss, and mirrored pictures.
   *
   * @param slopes weight of the error of the slopes
   * @param divergence weight of the divergence
   * @param mirrored share of pictures that are mirrored
   */
  public record Loss(double slopes, double divergence, double mirrored) {}

  private final VaeConfig config;
  private final Loss loss;
  private final TrainingStep step;

  /** Compiles the step; {@code compute} is the type of the network's mathematics. */
  public VaeTrainer(
      Scope scope, VaeConfig config, Loss weighed, StepSettings settings, DType compute) {
    this.config = config;
    this.loss = weighed;
    Graph graph = new Graph();
    FlatParameters parameters = new FlatParameters(graph, compute);
    Weights at = Weights.of(graph, "vae", parameters, SiteAdapters.NONE);
    long any = Shape.UNKNOWN;
    Expr bytes = graph.input("pictures", DType.U8, Shape.of(any, 3, any, any));
    Expr noise = graph.input("noise", DType.F32, Shape.of(any, config.latentChannels(), any, any));
    Expr x = PictureBatch.normalised(bytes);
    Vae vae = new Vae(config);
    LatentMoments moments = vae.encode(at, x.to(compute));
    Expr mean = moments.mean().to(DType.F32);
    Expr logVariance = moments.logVariance().to(DType.F32);
    Expr z = mean.add(logVariance.mul(0.5).exp().mul(noise));
    Expr y = vae.decode(at, z.to(compute)).to(DType.F32);
    Expr divergence =
        mean.pow(2).add(logVariance.exp()).sub(logVariance).add(-1).mul(0.5).sum(1, 2, 3).mean();
    Expr total =
        y.sub(x)
            .abs()
            .mean()
            .add(slopes(y.sub(x)).mul(weighed.slopes()))
            .add(divergence.mul(weighed.divergence()));
    step = TrainingStep.compile(scope, parameters, total, settings);
  }

  /** Mean absolute difference of neighbours: the error of edges, which the eye sees first. */
  private static Expr slopes(Expr error) {
    return difference(error, 2).abs().mean().add(difference(error, 3).abs().mean());
  }

  private static Expr difference(Expr x, int d) {
    Shape shape = x.shape();
    Expr later = x.graph().call("slice", x.dtype(), shape, x, d, 1, Long.MAX_VALUE, 1);
    Expr earlier = x.graph().call("slice", x.dtype(), shape, x, d, 0, -1, 1);
    return later.sub(earlier);
  }

  /** The program and the layout of its weights. */
  public TrainingStep step() {
    return step;
  }

  /**
   * Takes one step.
   *
   * @param pictures all pictures, of one size
   * @param draw number of the batch; no two steps of a run should have the same
   */
  public TrainingRun.Outcome run(
      TrainingRun run,
      Scope scope,
      List<Picture> pictures,
      int batch,
      double rate,
      long seed,
      long draw) {
    SeededNoise noise = SeededNoise.of(seed, draw, 1);
    List<Picture> drawn = new ArrayList<>(batch);
    for (int i = 0; i < batch; i++) {
      Picture picture = pictures.get(noise.index(pictures.size()));
      drawn.add(noise.uniform() < loss.mirrored() ? picture.flipped() : picture);
    }
    int height = drawn.get(0).height() / config.scale();
    int width = drawn.get(0).width() / config.scale();
    float[] gaussians = new float[batch * config.latentChannels() * height * width];
    noise.gaussians(gaussians, 0, gaussians.length);
    Shape shape = Shape.of(batch, config.latentChannels(), height, width);
    try (Scope inputs = scope.child("batch")) {
      return run.step(
          rate, List.of(PictureBatch.of(inputs, drawn), Tensor.of(inputs, shape, gaussians)));
    }
  }
}
