package dev.lora4j.diffusion.style;

import dev.lora4j.core.nn.FiniteSites;
import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.LayerAdapters;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.adapter.AdapterInTraining;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.TextEncoder;
import dev.lora4j.diffusion.train.objective.Objective;
import dev.lora4j.diffusion.train.objective.StagedObjective;
import dev.lora4j.diffusion.unet.UNet;
import dev.lora4j.diffusion.unet.Words;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The mathematics of a step: captions, noisy latents, denoiser, loss, with the adapter that is
 * trained. The same walk makes the program that trains, the one that validates, and the one that
 * looks for what is not finite.
 *
 * @param factors where the adapter's factors are
 * @param loss a scalar F32, or F64 where the base computes in that
 * @param finite watches each layer, if asked for
 */
record StyleProgram(
    FlatParameters parameters, AdapterInTraining factors, Expr loss, Optional<FiniteSites> finite) {
  private static final String UNET = "unet";

  /** What the names of a network's weights begin with among the held inputs of the program. */
  static String prefix(String model) {
    return model.equals(UNET) ? "" : model + ":";
  }

  /**
   * Stages it.
   *
   * @param plan where there are adapters; a text encoder is staged only if it has some
   * @param watched whether to watch each layer
   */
  static StyleProgram stage(
      DiffusionModel model,
      AdapterPlan plan,
      Objective objective,
      StyleSettings settings,
      boolean watched) {
    return stage(new Graph(), model, plan, objective, settings, watched);
  }

  /** Stages it in a graph in which nothing is staged yet. */
  static StyleProgram stage(
      Graph graph,
      DiffusionModel model,
      AdapterPlan plan,
      Objective objective,
      StyleSettings settings,
      boolean watched) {
    boolean encoders = trainsText(plan);
    FlatParameters parameters =
        new FlatParameters(graph, model.compute(), settings.rates().groups(encoders));
    AdapterInTraining factors = new AdapterInTraining(parameters, plan);
    Optional<FiniteSites> finite =
        watched ? Optional.of(new FiniteSites(factors)) : Optional.empty();
    LayerAdapters adapters = finite.<LayerAdapters>map(f -> f).orElse(factors);
    DType compute = model.compute();
    StagedCaptions captions =
        encoders
            ? StagedCaptions.trained(graph, model, adapters, settings.clipSkip())
            : StagedCaptions.encoded(graph, model);
    Optional<UNet.Told> told = captions.pooled().map(pooled -> new UNet.Told(pooled, sizes(graph)));
    StagedObjective staged = objective.stage(graph, model.unet().inChannels(), parameters.type());
    Weights at = Weights.of(graph, UNET, new FrozenWeights(compute, prefix(UNET)), adapters);
    UNet unet = new UNet(model.unet(), settings.checkpointing());
    Words words = Words.of(captions.context());
    Expr predicted = unet.apply(at, staged.noisy().to(compute), staged.timesteps(), words, told);
    Expr loss = staged.loss(predicted.to(parameters.type()));
    return new StyleProgram(parameters, factors, loss, finite);
  }

  private static Expr sizes(Graph graph) {
    return graph.input("sizes", DType.F32, Shape.of(Shape.UNKNOWN, StyleInputs.SIZES));
  }

  /** Whether any layer of a text encoder is trained. */
  static boolean trainsText(AdapterPlan plan) {
    return plan.sites().keySet().stream().anyMatch(site -> site.name().startsWith("text_encoder"));
  }

  /** The weights of the base and these others, by the name of the held input. */
  static Function<String, Tensor> held(DiffusionModel model, Map<String, Tensor> others) {
    return name -> {
      Tensor other = others.get(name);
      if (other != null) {
        return other;
      }
      for (TextEncoder encoder : model.textEncoders()) {
        String prefix = prefix(encoder.model());
        if (name.startsWith(prefix)) {
          return encoder.weights().tensor(name.substring(prefix.length()));
        }
      }
      return model.unetWeights().tensor(name);
    };
  }
}
