package dev.lora4j.diffusion.train;

import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.nn.WeightSource;
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
import dev.lora4j.diffusion.clip.ClipText;
import dev.lora4j.diffusion.clip.ClipTextConfig;
import dev.lora4j.diffusion.sampling.NoiseSchedule;
import dev.lora4j.diffusion.unet.UNet;
import dev.lora4j.diffusion.unet.UNetConfig;
import java.util.List;

/** Trains a UNet and its text encoder together from random weights, on latents and captions. */
public final class TextToImageTrainer {
  /** Prefixes of the two models' weights in the flat buffer. */
  public static final String UNET = "unet:";

  /** See {@link #UNET}. */
  public static final String TEXT = "text_encoder:";

  /** Supplies the samples that training draws from. */
  public interface Samples {
    /** Number of latents. */
    int size();

    /** Scaled latents of sample {@code index}, [channels, height, width] in row-major order. */
    float[] latents(int index);

    /** Token ids of a caption of sample {@code index}, all of one length. */
    int[] caption(int index, SeededNoise noise);
  }

  private final UNetConfig unet;
  private final NoiseSchedule schedule;
  private final double gamma;
  private final int side;
  private final TrainingStep step;

  /**
   * Compiles the step.
   *
   * @param gamma cap of the signal-to-noise ratio in the weights of the loss, 0 for equal weights
   *     ({@link MinSnr})
   * @param side height and width of the latents
   * @param compute the type of the networks' mathematics
   */
  public TextToImageTrainer(
      Scope scope,
      UNetConfig unet,
      ClipTextConfig text,
      NoiseSchedule schedule,
      double gamma,
      int side,
      StepSettings settings,
      DType compute) {
    this.unet = unet;
    this.schedule = schedule;
    this.gamma = gamma;
    this.side = side;
    Graph graph = new Graph();
    FlatParameters parameters = new FlatParameters(graph, compute);
    long any = Shape.UNKNOWN;
    Shape latent = Shape.of(any, unet.inChannels(), any, any);
    Expr latents = graph.input("latents", DType.F32, latent);
    Expr noise = graph.input("noise", DType.F32, latent);
    Expr alphaCumprod = graph.input("alpha_cumprod", DType.F32, Shape.of(any));
    Expr timesteps = graph.input("timesteps", DType.F32, Shape.of(any));
    Expr weight = graph.input("weight", DType.F32, Shape.of(any));
    Expr ids = graph.input("ids", DType.I64, Shape.of(any, any));
    Weights textWeights =
        Weights.of(graph, "text_encoder", named(TEXT, parameters), SiteAdapters.NONE);
    Expr context = new ClipText(text).apply(textWeights, ids, compute);
    NoisyLatents noisy =
        NoisyLatents.of(latents, noise, alphaCumprod, schedule.config().prediction());
    Weights unetWeights = Weights.of(graph, "unet", named(UNET, parameters), SiteAdapters.NONE);
    Expr predicted =
        new UNet(unet).apply(unetWeights, noisy.noisy().to(compute), timesteps, context);
    Expr loss = noisy.loss(predicted.to(DType.F32), weight);
    step = TrainingStep.compile(scope, parameters, loss, settings);
  }

  private static WeightSource named(String prefix, FlatParameters parameters) {
    return (graph, p) ->
        parameters.weight(graph, new Parameter(prefix + p.name(), p.shape(), p.init()));
  }

  /** The program and the layout of its weights. */
  public TrainingStep step() {
    return step;
  }

  /**
   * Takes one step.
   *
   * @param draw number of the batch; no two steps of a run should have the same
   */
  public TrainingRun.Outcome run(
      TrainingRun run, Scope scope, Samples samples, int batch, double rate, long seed, long draw) {
    SeededNoise random = SeededNoise.of(seed, draw, 1);
    int values = unet.inChannels() * side * side;
    float[] latents = new float[batch * values];
    float[] noise = new float[batch * values];
    float[] alphas = new float[batch];
    float[] timesteps = new float[batch];
    float[] weights = new float[batch];
    long[] ids = new long[0];
    for (int i = 0; i < batch; i++) {
      int index = random.index(samples.size());
      System.arraycopy(samples.latents(index), 0, latents, i * values, values);
      // One timestep from each part of the range: the batch's loss varies less than with free
      // draws.
      int t = (int) ((i + random.uniform()) / batch * schedule.size());
      alphas[i] = (float) schedule.alphaCumprod(t);
      timesteps[i] = t;
      weights[i] = (float) MinSnr.weight(schedule, t, gamma);
      int[] caption = samples.caption(index, random);
      if (i == 0) {
        ids = new long[batch * caption.length];
      }
      for (int j = 0; j < caption.length; j++) {
        ids[i * caption.length + j] = caption[j];
      }
    }
    SeededNoise.of(seed, draw, 2).gaussians(noise, 0, noise.length);
    Shape shape = Shape.of(batch, unet.inChannels(), side, side);
    Shape rows = Shape.of(batch);
    try (Scope inputs = scope.child("batch")) {
      return run.step(
          rate,
          List.of(
              Tensor.of(inputs, shape, latents),
              Tensor.of(inputs, shape, noise),
              Tensor.of(inputs, rows, alphas),
              Tensor.of(inputs, rows, timesteps),
              Tensor.of(inputs, rows, weights),
              Tensor.ofLongs(inputs, Shape.of(batch, ids.length / batch), ids)));
    }
  }
}
