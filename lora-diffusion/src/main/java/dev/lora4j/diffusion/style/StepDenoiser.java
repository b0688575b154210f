package dev.lora4j.diffusion.style;

import dev.lora4j.core.nn.LayerAdapters;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.ShapeOps;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.denoiser.AddedConditioning;
import dev.lora4j.diffusion.denoiser.DenoiserInputs;
import dev.lora4j.diffusion.denoiser.TextConditioning;
import dev.lora4j.diffusion.train.objective.StagedObjective;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * The denoiser of a step while the step is staged: it sees the step's noisy latents, with the
 * captions of the samples or with others. Each call stages it once more, with the same weights.
 */
final class StepDenoiser implements Function<LayerAdapters, Expr> {
  private final DiffusionModel model;
  private final Function<LayerAdapters, Weights> weights;
  private final StagedObjective objective;
  private final StagedCaptions captions;
  private final Optional<Expr> sizes;
  private final List<Expr> references;
  private final DType type;
  private final StyleSettings settings;

  /**
   * A denoiser.
   *
   * @param weights of it with adapters
   * @param sizes size conditioning [batch, 6], if it takes some
   * @param references latents of pictures that it sees beside each sample
   * @param type of the loss
   */
  StepDenoiser(
      DiffusionModel model,
      Function<LayerAdapters, Weights> weights,
      StagedObjective objective,
      StagedCaptions captions,
      Optional<Expr> sizes,
      List<Expr> references,
      DType type,
      StyleSettings settings) {
    this.model = model;
    this.weights = weights;
    this.objective = objective;
    this.captions = captions;
    this.sizes = sizes;
    this.references = List.copyOf(references);
    this.type = type;
    this.settings = settings;
  }

  /** Captions of the samples. */
  StagedCaptions captions() {
    return captions;
  }

  /** Predictions with the captions of the samples, [batch, channels, h, w]. */
  @Override
  public Expr apply(LayerAdapters adapters) {
    return predicted(adapters, List.of(captions));
  }

  /** Predictions with other captions, [batch, channels, h, w]. */
  Expr apply(LayerAdapters adapters, StagedCaptions others) {
    return predicted(adapters, List.of(others));
  }

  /**
   * Predictions of the base alone with each of several captions, in one run and without gradient.
   *
   * @return [captions, batch, channels, h, w]
   */
  Expr base(List<StagedCaptions> each) {
    Expr all = predicted(LayerAdapters.NONE, each).detach();
    Expr noisy = objective.noisy();
    return all.reshape(Dim.of(each.size()), Dim.of(-1), noisy.dim(1), noisy.dim(2), noisy.dim(3));
  }

  private Expr predicted(LayerAdapters adapters, List<StagedCaptions> each) {
    int times = each.size();
    DenoiserInputs plain =
        DenoiserInputs.of(
            repeated(objective.noisy(), times).to(model.compute()),
            repeated(objective.timesteps(), times),
            TextConditioning.of(joined(each.stream().map(StagedCaptions::context).toList())));
    DenoiserInputs inputs =
        captions.pooled().isPresent()
            ? plain.with(
                new AddedConditioning(
                    joined(each.stream().map(c -> c.pooled().orElseThrow()).toList()),
                    sizes.map(all -> repeated(all, times))))
            : plain;
    DenoiserInputs guided = scale().map(s -> inputs.guided(guidance(s, inputs))).orElse(inputs);
    DenoiserInputs all =
        guided.referring(
            references.stream().map(one -> repeated(one, times).to(model.compute())).toList());
    return model.denoiser().stage(weights.apply(adapters), all, settings.checkpointing()).to(type);
  }

  /** Guidance scale that the denoiser is told, if it is told one in training. */
  private Optional<Double> scale() {
    OptionalDouble own = model.denoiser().trainingGuidance();
    return own.isPresent()
        ? Optional.of(settings.guidance().orElse(own.getAsDouble()))
        : Optional.empty();
  }

  /** Its embedding for each row, F32 [batch, guidanceWidth]. */
  private Expr guidance(double scale, DenoiserInputs inputs) {
    Expr none = inputs.timesteps().mul(0).unsqueeze(1);
    List<Expr> columns = new ArrayList<>();
    for (float number : model.denoiser().guidanceEmbedding(scale)) {
      columns.add(none.add(number));
    }
    return columns.size() == 1 ? columns.get(0) : ShapeOps.cat(columns, 1);
  }

  private static Expr repeated(Expr rows, int times) {
    return joined(Collections.nCopies(times, rows));
  }

  private static Expr joined(List<Expr> parts) {
    return parts.size() == 1 ? parts.get(0) : ShapeOps.cat(parts, 0);
  }
}
