package dev.lora4j.diffusion.style;

import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.LayerAdapters;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.ParameterGroups;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.TrainingStep;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.StagedAdapter;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.StagedNetworks;
import dev.lora4j.diffusion.base.TextEncoder;
import dev.lora4j.diffusion.denoiser.AddedConditioning;
import dev.lora4j.diffusion.train.objective.Objective;
import dev.lora4j.diffusion.train.objective.StagedObjective;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The mathematics of a step: captions, noisy latents, denoiser, loss, with the adapter that is
 * trained.
 */
final class StyleProgram {
  /*
   * Bytes of a denoiser whose steps spare memory. Steps of smaller ones are bound by the number of
   * operators, and what they keep does not matter.
   */
  private static final long LARGE = 1L << 28;

  private StyleProgram() {}

  /** Prefix of a text encoder's weights among the held inputs of the program. */
  static String prefix(String encoder) {
    return encoder + ":";
  }

  /**
   * Stages it.
   *
   * @param plan where there are adapters; a text encoder is staged only if it has some
   */
  static TaskLoss stage(
      DiffusionModel model,
      AdapterPlan plan,
      Objective objective,
      StyleSettings settings,
      Staging.Purpose purpose) {
    return stage(new Graph(), model, plan, objective, settings, purpose);
  }

  /** Stages it in a graph in which nothing is staged yet. */
  static TaskLoss stage(
      Graph graph,
      DiffusionModel model,
      AdapterPlan plan,
      Objective objective,
      StyleSettings settings,
      Staging.Purpose purpose) {
    ParameterGroups groups = groups(plan, settings);
    Staging at = new Staging(graph, model.compute(), groups, plan, purpose);
    return at.staged(loss(at, model, objective, settings));
  }

  /** Stages the loss of a training task that predicts noise. */
  static Expr loss(Staging at, DiffusionModel model, Objective objective, StyleSettings settings) {
    return loss(at, model, objective, settings, PredictionLoss.NOISE);
  }

  /** Stages the loss of a training task. */
  static Expr loss(
      Staging at,
      DiffusionModel model,
      Objective objective,
      StyleSettings settings,
      PredictionLoss loss) {
    return loss(at, TrainedDenoiser.alone(model), model, objective, settings, loss, 0);
  }

  /**
   * Stages the loss of a training task on a base that may have an adapter.
   *
   * @param base whose denoiser is that of {@code model}
   * @param references pictures that the denoiser sees beside each of the batch
   */
  static Expr loss(
      Staging at,
      TrainedDenoiser base,
      DiffusionModel model,
      Objective objective,
      StyleSettings settings,
      PredictionLoss loss,
      int references) {
    Graph graph = at.graph();
    if (spares(model.denoiserWeights().bytes())) {
      graph.lowMemory();
    }
    StagedCaptions captions =
        trainsText(at.plan())
            ? StagedCaptions.trained(graph, model, at.adapters(), settings)
            : StagedCaptions.encoded(graph, model);
    Optional<Expr> sizes = model.xl() ? Optional.of(sizes(graph)) : Optional.empty();
    List<Expr> beside = references(graph, model, references);
    StagedObjective staged = objective.stage(graph, model.denoiser().inChannels(), at.type());
    FrozenWeights frozen = base.weights();
    UnaryOperator<LayerAdapters> below = base.below(graph);
    StepDenoiser denoiser =
        new StepDenoiser(
            model,
            adapters ->
                Weights.of(graph, model.denoiser().component(), frozen, below.apply(adapters)),
            staged,
            captions,
            sizes,
            beside,
            at.type(),
            settings);
    return loss.stage(at, staged, denoiser);
  }

  /** True if steps of a denoiser with so many bytes of weights spare memory. */
  static boolean spares(long bytes) {
    return bytes >= LARGE;
  }

  /** Declares the size conditioning. */
  static Expr sizes(Graph graph) {
    return graph.input("sizes", DType.F32, Shape.of(Shape.UNKNOWN, AddedConditioning.SIZES));
  }

  /** Declares latents of reference pictures, [batch, channels, h, w] each. */
  private static List<Expr> references(Graph graph, DiffusionModel model, int count) {
    long any = Shape.UNKNOWN;
    Shape latents = Shape.of(any, model.denoiser().outChannels(), any, any);
    List<Expr> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(graph.input(StagedNetworks.reference(i), DType.F32, latents));
    }
    return all;
  }

  /** True if any layer of a text encoder is trained. */
  static boolean trainsText(AdapterPlan plan) {
    return plan.sites().keySet().stream().anyMatch(StyleProgram::text);
  }

  /** True if any layer of the denoiser is trained. */
  static boolean trainsDenoiser(AdapterPlan plan) {
    return !plan.sites().keySet().stream().allMatch(StyleProgram::text);
  }

  private static boolean text(Site site) {
    return site.name().startsWith("text_encoder");
  }

  /**
   * The plan without layers that no step reaches: of a text encoder, those behind what is taken of
   * it.
   */
  static AdapterPlan reached(DiffusionModel model, AdapterPlan plan, StyleSettings settings) {
    if (!trainsText(plan)) {
      return plan;
    }
    Graph graph = new Graph();
    FlatParameters parameters = new FlatParameters(graph, model.compute(), groups(plan, settings));
    StagedAdapter factors = new StagedAdapter(parameters, plan);
    StagedCaptions.trained(graph, model, factors, settings);
    return plan.without(factors.unmet().stream().filter(StyleProgram::text).toList());
  }

  /** The groups of weights that learn at rates of their own. */
  static ParameterGroups groups(AdapterPlan plan, StyleSettings settings) {
    boolean others = plan.sites().keySet().stream().anyMatch(site -> !text(site));
    return settings.rates().groups(trainsText(plan), others);
  }

  /**
   * Checks whether optimiser, rates, average and greatest norm go together for what is trained.
   *
   * @throws IllegalArgumentException if they do not
   * @throws dev.lora4j.core.tensor.TensorException likewise
   */
  static void requireFits(AdapterPlan plan, StyleSettings settings) {
    List<Parameter> trained =
        plan.shapes().entrySet().stream()
            .map(e -> new Parameter(e.getKey(), e.getValue(), Parameter.Init.ZEROS))
            .toList();
    TrainingStep.requireRates(trained, groups(plan, settings), settings.optimizer());
    settings.training().requireFits(plan);
    plan.unmergeable().stream()
        .filter(StyleProgram::text)
        .findFirst()
        .ifPresent(
            site -> {
              throw new IllegalArgumentException(
                  "The method "
                      + settings.recipe().method().name()
                      + " cannot train "
                      + site.name()
                      + ": its effect depends on the layer's input, so no weight has it, and"
                      + " adapters of text encoders are merged into their weights. Train layers of"
                      + " the denoiser alone, or another method.");
            });
  }

  /** A weight of the base, by the name of the held input. */
  static Tensor held(DiffusionModel model, String name) {
    for (TextEncoder encoder : model.textEncoders()) {
      String prefix = prefix(encoder.model());
      if (name.startsWith(prefix)) {
        return encoder.weights().tensor(name.substring(prefix.length()));
      }
    }
    return model.denoiserWeights().tensor(name);
  }
}
