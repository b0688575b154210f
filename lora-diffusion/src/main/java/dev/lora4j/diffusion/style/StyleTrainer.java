package dev.lora4j.diffusion.style;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.AdamW;
import dev.lora4j.core.train.Initialiser;
import dev.lora4j.core.train.StepSettings;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.TrainingState;
import dev.lora4j.core.train.TrainingStep;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.dataset.PictureFolder;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.train.NoisyLatents;
import dev.lora4j.diffusion.unet.UNet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Function;

/**
 * Trains a style adapter on pictures: LoRA on the denoiser's attention, feed-forward and
 * convolution layers. Immutable; each method returns a changed copy.
 */
public final class StyleTrainer {
  private static final double CLIP = 1.0;

  private final StableDiffusion base;
  private final List<Picture> pictures;
  private final StyleSettings settings;
  private final String name;

  private StyleTrainer(
      StableDiffusion base, List<Picture> pictures, StyleSettings settings, String name) {
    this.base = base;
    this.pictures = List.copyOf(pictures);
    this.settings = settings;
    this.name = name;
  }

  /** A trainer for a base, with default settings and no pictures yet. */
  public static StyleTrainer on(StableDiffusion base) {
    return new StyleTrainer(base, List.of(), StyleSettings.DEFAULT, "style");
  }

  /** With the pictures of a folder, captioned by text files beside them. */
  public StyleTrainer images(Path folder) {
    int side = base.base().sampleSize() * base.base().vae().scale();
    return images(PictureFolder.read(folder, side, side));
  }

  /** With these pictures, all of the base's own size. */
  public StyleTrainer images(List<Picture> all) {
    return new StyleTrainer(base, all, settings, name);
  }

  /** With factors of another rank, and alpha equal to it. */
  public StyleTrainer rank(int rank) {
    StyleSettings s = settings;
    return settings(
        new StyleSettings(
            rank, rank, s.steps(), s.batch(), s.learningRate(), s.dropout(), s.seed(), s.stored()));
  }

  /** With another number of steps. */
  public StyleTrainer steps(int steps) {
    StyleSettings s = settings;
    return settings(
        new StyleSettings(
            s.rank(),
            s.alpha(),
            steps,
            s.batch(),
            s.learningRate(),
            s.dropout(),
            s.seed(),
            s.stored()));
  }

  /** With other settings altogether. */
  public StyleTrainer settings(StyleSettings other) {
    return new StyleTrainer(base, pictures, other, name);
  }

  /** With another name for the adapter. */
  public StyleTrainer name(String other) {
    return new StyleTrainer(base, pictures, settings, other);
  }

  /** Trains; nothing is heard of it before it is done. */
  public TrainedStyle run() {
    return run(StyleListener.NONE);
  }

  /**
   * Trains.
   *
   * @throws CancellationException if the calling thread is interrupted
   */
  public TrainedStyle run(StyleListener listener) {
    if (pictures.isEmpty()) {
      throw new IllegalArgumentException("There are no pictures to train on.");
    }
    try (Scope scope = base.scope().child("style")) {
      StyleSamples samples = StyleSamples.prepare(scope, base, pictures, settings);
      DiffusionModel model = base.base();
      TrainingStep.Inputs in = new TrainingStep.Inputs();
      FlatParameters parameters = new FlatParameters(in.graph(), model.compute());
      FactorsInTraining factors = new FactorsInTraining(parameters, StyleSites.DEFAULT, settings);
      FrozenWeights frozen = new FrozenWeights(model.compute(), "");
      Expr loss = loss(in.graph(), model, new UNet(model.unet()), factors, frozen);
      StepSettings how = StepSettings.of(AdamW.DEFAULT, CLIP).computedIn(model.compute());
      TrainingStep step = TrainingStep.compile(scope, in, parameters, loss, how);
      float[] initial = Initialiser.fill(factors.layout(), settings.seed());
      TrainingState state = TrainingState.begin(scope, initial, 0);
      TrainingRun run =
          step.bind(scope, state, factors.layout(), held(model, factors.scales(scope)));
      List<Float> losses = train(listener, scope, samples, run);
      Map<String, String> metadata = StyleMetadata.of(name, settings, pictures.size(), losses);
      float[] trained = state.weights().floats();
      Adapter adapter = new Adapter(name, factors.factors(scope, trained), metadata);
      return new TrainedStyle(adapter, base.family(), losses);
    }
  }

  /** The weights of the denoiser and these others, by name. */
  static Function<String, Tensor> held(DiffusionModel model, Map<String, Tensor> others) {
    return name -> {
      Tensor other = others.get(name);
      return other == null ? model.unetWeights().tensor(name) : other;
    };
  }

  static Expr loss(
      Graph graph,
      DiffusionModel model,
      UNet unet,
      FactorsInTraining factors,
      FrozenWeights frozen) {
    long any = Shape.UNKNOWN;
    Shape latent = Shape.of(any, model.unet().inChannels(), any, any);
    Expr latents = graph.input("latents", DType.F32, latent);
    Expr noise = graph.input("noise", DType.F32, latent);
    Expr alphaCumprod = graph.input("alpha_cumprod", DType.F32, Shape.of(any));
    Expr timesteps = graph.input("timesteps", DType.F32, Shape.of(any));
    Expr weight = graph.input("weight", DType.F32, Shape.of(any));
    Shape words = Shape.of(any, any, model.unet().crossAttentionDim());
    Expr context = graph.input("context", DType.F32, words);
    NoisyLatents noisy =
        NoisyLatents.of(latents, noise, alphaCumprod, model.schedule().config().prediction());
    Weights at = Weights.of(graph, "unet", frozen, factors);
    DType compute = model.compute();
    Expr predicted = unet.apply(at, noisy.noisy().to(compute), timesteps, context.to(compute));
    return noisy.loss(predicted.to(DType.F32), weight);
  }

  private List<Float> train(
      StyleListener listener, Scope scope, StyleSamples samples, TrainingRun run) {
    List<Float> losses = new ArrayList<>(settings.steps());
    for (int i = 0; i < settings.steps(); i++) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException("Training was interrupted after " + i + " steps.");
      }
      try (Scope inputs = scope.child("batch")) {
        TrainingRun.Outcome outcome = run.step(settings.rate(i), samples.batch(inputs, i));
        losses.add(outcome.loss());
        listener.step(
            new StyleListener.Progress(i + 1, settings.steps(), outcome.loss(), outcome.skipped()));
      }
    }
    return losses;
  }
}
