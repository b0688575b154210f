package dev.lora4j.diffusion.train;

import dev.lora4j.core.model.text.TextEncoderInputs;
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
import dev.lora4j.diffusion.denoiser.AddedConditioning;
import dev.lora4j.diffusion.denoiser.ArrangedTexts;
import dev.lora4j.diffusion.denoiser.DenoiserInputs;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import dev.lora4j.diffusion.denoiser.TextArrangement;
import dev.lora4j.diffusion.denoiser.TextConditioning;
import dev.lora4j.diffusion.denoiser.TextToImageNetworks;
import dev.lora4j.diffusion.sampling.NoiseLevel;
import dev.lora4j.diffusion.sampling.NoiseSchedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Trains a denoiser and its text encoders together from random weights, on latents and captions.
 * All encoders read the same tokens.
 */
public final class TextToImageTrainer {
  private static final long ANY = Shape.UNKNOWN;

  /** Supplies the samples that training draws from. */
  public interface Samples {
    /** Number of latents. */
    int size();

    /** Scaled latents of sample {@code index}, [channels, height, width] in row-major order. */
    float[] latents(int index);

    /** Token ids of a caption of sample {@code index}, all of one length. */
    int[] caption(int index, SeededNoise noise);

    /**
     * Position of the end of a caption.
     *
     * @param ids from {@link #caption}
     */
    int end(int[] ids);
  }

  private final DenoiserNetwork denoiser;
  private final NoiseSchedule schedule;
  private final double gamma;
  private final int side;
  private final List<Boolean> ends = new ArrayList<>();
  private final TrainingStep step;

  /**
   * Compiles the step.
   *
   * @param gamma cap of the signal-to-noise ratio in the weights of the loss, 0 for equal weights
   *     ({@link MinSnr})
   * @param side height and width of the latents
   * @param compute the type of the networks' mathematics
   * @throws IllegalArgumentException if the denoiser is told more than the timestep, a text and a
   *     pooled text
   */
  public TextToImageTrainer(
      Scope scope,
      TextToImageNetworks networks,
      NoiseSchedule schedule,
      double gamma,
      int side,
      StepSettings settings,
      DType compute) {
    this.denoiser = networks.denoiser();
    this.schedule = schedule;
    this.gamma = gamma;
    this.side = side;
    requireTextAlone(denoiser);
    Graph graph = new Graph();
    FlatParameters parameters = new FlatParameters(graph, compute);
    Shape latent = Shape.of(ANY, denoiser.inChannels(), ANY, ANY);
    Expr latents = graph.input("latents", DType.F32, latent);
    Expr noise = graph.input("noise", DType.F32, latent);
    Expr alphaCumprod = graph.input("alpha_cumprod", DType.F32, Shape.of(ANY));
    Expr timesteps = graph.input("timesteps", DType.F32, Shape.of(ANY));
    Expr weight = graph.input("weight", DType.F32, Shape.of(ANY));
    ArrangedTexts texts = texts(graph, networks, parameters, compute);
    NoisyLatents noisy =
        NoisyLatents.of(latents, noise, alphaCumprod, schedule.config().prediction());
    DenoiserInputs told =
        DenoiserInputs.of(
            noisy.noisy().to(compute), timesteps, TextConditioning.of(texts.context()));
    WeightSource source =
        (g, p) ->
            parameters.weight(
                g,
                new Parameter(
                    prefix(denoiser.component()) + p.name(),
                    p.shape(),
                    denoiser.beginsAtZero(p.name()) ? Parameter.Init.ZEROS : p.init()));
    Expr predicted =
        denoiser.stage(
            Weights.of(graph, denoiser.component(), source, SiteAdapters.NONE),
            texts
                .pooled()
                .map(all -> told.with(new AddedConditioning(all, Optional.empty())))
                .orElse(told),
            false);
    Expr loss = noisy.loss(predicted.to(DType.F32), weight);
    step = TrainingStep.compile(scope, parameters, loss, settings);
  }

  private static void requireTextAlone(DenoiserNetwork denoiser) {
    if (denoiser.sized() || denoiser.guidanceWidth() > 0) {
      throw new IllegalArgumentException(
          "A denoiser that is told sizes or a guidance scale cannot be trained from the beginning.");
    }
  }

  private ArrangedTexts texts(
      Graph graph, TextToImageNetworks networks, FlatParameters parameters, DType compute) {
    List<ArrangedTexts.One> each = new ArrayList<>();
    for (int e = 0; e < networks.encoders().size(); e++) {
      TextToImageNetworks.Encoder encoder = networks.encoders().get(e);
      TextArrangement.Part part = networks.arrangement().parts().get(e);
      String model = encoder.model();
      Expr ids = graph.input(model + "_ids", DType.I64, Shape.of(ANY, ANY));
      boolean counts = part.endsCount(encoder.network());
      ends.add(counts);
      Optional<Expr> end =
          counts
              ? Optional.of(graph.input(model + "_end", DType.I64, Shape.of(ANY)))
              : Optional.empty();
      WeightSource source =
          (g, p) ->
              parameters.weight(g, new Parameter(prefix(model) + p.name(), p.shape(), p.init()));
      each.add(
          ArrangedTexts.One.staged(
              part,
              encoder.network(),
              Weights.of(graph, model, source, SiteAdapters.NONE),
              new TextEncoderInputs(ids, end, Optional.empty()),
              compute,
              part.view(0)));
    }
    return ArrangedTexts.of(networks.arrangement(), denoiser.crossAttentionDim(), each);
  }

  /**
   * Prefix of a network's weights in the flat buffer.
   *
   * @param model component of the denoiser, or folder of a text encoder
   */
  public static String prefix(String model) {
    return model + ":";
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
    int values = denoiser.inChannels() * side * side;
    float[] latents = new float[batch * values];
    float[] noise = new float[batch * values];
    float[] alphas = new float[batch];
    float[] timesteps = new float[batch];
    float[] weights = new float[batch];
    long[] ends = new long[batch];
    long[] ids = new long[0];
    for (int i = 0; i < batch; i++) {
      int index = random.index(samples.size());
      System.arraycopy(samples.latents(index), 0, latents, i * values, values);
      // One timestep from each part of the range: the batch's loss varies less than with free
      // draws.
      int t = (int) ((i + random.uniform()) / batch * schedule.size());
      alphas[i] = (float) schedule.alphaCumprod(t);
      timesteps[i] = (float) told(schedule, t);
      weights[i] = (float) MinSnr.weight(schedule, t, gamma);
      int[] caption = samples.caption(index, random);
      ends[i] = samples.end(caption);
      if (i == 0) {
        ids = new long[batch * caption.length];
      }
      for (int j = 0; j < caption.length; j++) {
        ids[i * caption.length + j] = caption[j];
      }
    }
    SeededNoise.of(seed, draw, 2).gaussians(noise, 0, noise.length);
    Shape shape = Shape.of(batch, denoiser.inChannels(), side, side);
    Shape rows = Shape.of(batch);
    try (Scope inputs = scope.child("batch")) {
      List<Tensor> all =
          new ArrayList<>(
              List.of(
                  Tensor.of(inputs, shape, latents),
                  Tensor.of(inputs, shape, noise),
                  Tensor.of(inputs, rows, alphas),
                  Tensor.of(inputs, rows, timesteps),
                  Tensor.of(inputs, rows, weights)));
      for (boolean counts : this.ends) {
        all.add(Tensor.ofLongs(inputs, Shape.of(batch, ids.length / batch), ids));
        if (counts) {
          all.add(Tensor.ofLongs(inputs, rows, ends));
        }
      }
      return run.step(rate, all);
    }
  }

  /**
   * The timestep that a denoiser is told: of a flow, the share of noise on a scale of {@link
   * NoiseSchedule#size}.
   */
  public static double told(NoiseSchedule schedule, int t) {
    NoiseLevel level = schedule.level(t);
    return schedule.flow() ? level.noise() * schedule.size() : t;
  }
}
