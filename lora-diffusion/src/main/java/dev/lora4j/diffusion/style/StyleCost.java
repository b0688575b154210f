package dev.lora4j.diffusion.style;

import dev.lora4j.core.adapter.training.TrainedTensor;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.StepCost;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.TextEncoder;
import dev.lora4j.diffusion.conditioning.EncodedCaption;
import dev.lora4j.diffusion.consistency.ConsistencyObjective;
import dev.lora4j.diffusion.consistency.ConsistencySettings;
import dev.lora4j.diffusion.slider.SliderSettings;
import dev.lora4j.diffusion.train.objective.ClassPreservation;
import dev.lora4j.diffusion.train.objective.Objective;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Cost of a training step of a style, from the sizes of its latents and captions. */
public final class StyleCost {
  /** Tokens around a text, of those that a text encoder reads at once. */
  private static final int AROUND = 2;

  private StyleCost() {}

  /**
   * Counts a step; takes about as long as staging it, and no memory to speak of.
   *
   * @param batch pictures of a batch
   * @param latentHeight height of the latents, an eighth of the pictures' for Stable Diffusion
   */
  public static StepCost of(
      DiffusionModel model,
      AdapterPlan plan,
      StyleSettings settings,
      int batch,
      int latentHeight,
      int latentWidth) {
    Sizes sizes = sized(model, plan, settings, batch, latentHeight, latentWidth);
    return of(model, plan, settings, PredictionLoss.NOISE, sizes);
  }

  /**
   * Counts a step of a slider.
   *
   * @param batch samples of a batch
   * @param latentHeight height of the latents, an eighth of the pictures' for Stable Diffusion
   */
  public static StepCost of(
      DiffusionModel model,
      AdapterPlan plan,
      StyleSettings settings,
      SliderSettings how,
      int batch,
      int latentHeight,
      int latentWidth) {
    SliderLoss loss = new SliderLoss(model, how, prompt -> uncounted());
    Sizes sizes = sized(model, plan, settings, batch, latentHeight, latentWidth);
    return of(model, plan, settings, loss, sizes);
  }

  /**
   * Counts a step that keeps the base's predictions of a class.
   *
   * @param batch pictures of a batch
   * @param latentHeight height of the latents, an eighth of the pictures' for Stable Diffusion
   */
  public static StepCost of(
      DiffusionModel model,
      AdapterPlan plan,
      StyleSettings settings,
      ClassPreservation how,
      int batch,
      int latentHeight,
      int latentWidth) {
    PreservedLoss loss = new PreservedLoss(model, how, (caption, storable) -> uncounted());
    Sizes sizes = sized(model, plan, settings, batch, latentHeight, latentWidth);
    return of(model, plan, settings, loss, sizes);
  }

  /**
   * Counts a step beside reference pictures, which are as large as the pictures.
   *
   * @param references for each picture
   * @param batch pictures of a batch
   * @param latentHeight height of the latents
   */
  public static StepCost of(
      DiffusionModel model,
      AdapterPlan plan,
      StyleSettings settings,
      int references,
      int batch,
      int latentHeight,
      int latentWidth) {
    Sizes sizes = sized(model, plan, settings, batch, latentHeight, latentWidth);
    return of(model, plan, settings, PredictionLoss.NOISE, sizes, references);
  }

  /**
   * Counts a step beside reference pictures that keeps the base's predictions of a class.
   *
   * @param references for each picture
   * @param batch pictures of a batch
   * @param latentHeight height of the latents
   */
  public static StepCost of(
      DiffusionModel model,
      AdapterPlan plan,
      StyleSettings settings,
      ClassPreservation kept,
      int references,
      int batch,
      int latentHeight,
      int latentWidth) {
    PredictionLoss loss = new PreservedLoss(model, kept, (caption, storable) -> uncounted());
    Sizes sizes = sized(model, plan, settings, batch, latentHeight, latentWidth);
    return of(model, plan, settings, loss, sizes, references);
  }

  private static EncodedCaption uncounted() {
    throw new IllegalStateException("a step that is counted has no inputs");
  }

  private static StepCost of(
      DiffusionModel model,
      AdapterPlan plan,
      StyleSettings settings,
      PredictionLoss loss,
      Sizes sizes) {
    return of(model, plan, settings, loss, sizes, 0);
  }

  private static StepCost of(
      DiffusionModel model,
      AdapterPlan plan,
      StyleSettings settings,
      PredictionLoss loss,
      Sizes sizes,
      int references) {
    TrainedDenoiser base = TrainedDenoiser.alone(model);
    Objective objective = new Objective(model.schedule(), settings.objective());
    return counted(
        plan,
        settings,
        sizes,
        graph -> {
          Staging at =
              new Staging(
                  graph,
                  model.compute(),
                  StyleProgram.groups(plan, settings),
                  plan,
                  Staging.Purpose.TRAINING);
          return at.staged(
              StyleProgram.loss(at, base, model, objective, settings, loss, references));
        });
  }

  /**
   * Counts a step of consistency distillation.
   *
   * @param batch pictures of a batch
   * @param latentHeight height of the latents, an eighth of the pictures' for Stable Diffusion
   */
  public static StepCost of(
      DiffusionModel model,
      AdapterPlan plan,
      StyleSettings settings,
      ConsistencySettings how,
      int batch,
      int latentHeight,
      int latentWidth) {
    ConsistencyObjective objective = new ConsistencyObjective(model.schedule(), how);
    return counted(
        plan,
        settings,
        sized(model, plan, settings, batch, latentHeight, latentWidth),
        graph -> ConsistencyProgram.stage(graph, model, plan, objective, settings));
  }

  private static Sizes sized(
      DiffusionModel model,
      AdapterPlan plan,
      StyleSettings settings,
      int batch,
      int latentHeight,
      int latentWidth) {
    Map<String, Shape> factors = new HashMap<>(plan.shapes());
    factors.putAll(plan.fixedShapes());
    plan.shapes().forEach((name, shape) -> factors.put(TrainedTensor.anchor(name), shape));
    Map<String, Integer> tokens = new HashMap<>();
    for (int e = 0; e < model.textEncoders().size(); e++) {
      TextEncoder encoder = model.textEncoders().get(e);
      tokens.put(
          encoder.model() + StagedCaptions.IDS, model.arrangement().tokens(e, encoder.network()));
    }
    int chunks = settings.captionChunks();
    int first = model.arrangement().tokens(0, model.textEncoders().get(0).network());
    long words = model.contextTokens() + (chunks - 1L) * (first - AROUND);
    return new Sizes(batch, latentHeight, latentWidth, chunks, words, tokens, factors);
  }

  private static StepCost counted(
      AdapterPlan plan, StyleSettings settings, Sizes sizes, Function<Graph, TaskLoss> step) {
    return StepCost.of(Graph.sized(sizes), step, plan, settings.training());
  }

  /** The sizes that a batch gives to the inputs of a step. */
  private record Sizes(
      int batch,
      int height,
      int width,
      int chunks,
      long words,
      Map<String, Integer> tokens,
      Map<String, Shape> factors)
      implements UnaryOperator<Graph.Input> {
    private static final int PICTURE = 4;

    @Override
    public Graph.Input apply(Graph.Input input) {
      Shape known = factors.getOrDefault(input.name(), input.shape());
      int rank = known.rank();
      for (int d = 0; d < rank; d++) {
        if (known.size(d) == Shape.UNKNOWN) {
          known = known.with(d, size(input.name(), d, rank));
        }
      }
      return new Graph.Input(input.name(), input.dtype(), known);
    }

    private long size(String name, int d, int rank) {
      if (name.endsWith(StagedCaptions.KEPT)) {
        return words;
      }
      boolean inChunks = name.endsWith(StagedCaptions.IDS) || name.endsWith(StagedCaptions.END);
      if (d == 0) {
        return inChunks ? (long) batch * chunks : batch;
      }
      if (rank == PICTURE) {
        return d == rank - 1 ? width : height;
      }
      return tokens.containsKey(name) ? tokens.get(name) : words;
    }
  }
}
