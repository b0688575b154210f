package dev.lora4j.diffusion.style;

import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.LayerAdapters;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.consistency.ConsistencyObjective;
import dev.lora4j.diffusion.consistency.StagedConsistency;
import dev.lora4j.diffusion.denoiser.AddedConditioning;
import dev.lora4j.diffusion.denoiser.DenoiserInputs;
import dev.lora4j.diffusion.denoiser.TextConditioning;
import java.util.Optional;

/**
 * The mathematics of a step of consistency distillation. Teacher and student are one denoiser with
 * the same weights, which the teacher uses without the adapter.
 */
final class ConsistencyProgram {
  private final DiffusionModel model;
  private final Graph graph;
  private final FrozenWeights frozen;

  /** Captions of a batch as the denoiser takes them, with what belongs to them. */
  private record Conditioning(Expr context, Optional<AddedConditioning> added) {
    /** The same captions with others behind them. */
    Conditioning with(Conditioning others) {
      return new Conditioning(
          context.cat(0, others.context()),
          added.map(
              own -> {
                AddedConditioning more = others.added().orElseThrow();
                return new AddedConditioning(
                    own.pooled().cat(0, more.pooled()),
                    own.sizes().map(sizes -> sizes.cat(0, more.sizes().orElseThrow())));
              }));
    }
  }

  private ConsistencyProgram(DiffusionModel model, Graph graph) {
    this.model = model;
    this.graph = graph;
    frozen = new FrozenWeights(model.compute(), "", model.denoiserWeights().forms());
  }

  /**
   * Stages the loss. Its inputs are those of captions, {@code unconditional} [1, tokens, width]
   * unless the base is a Stable Diffusion XL, and those of the objective.
   */
  static Expr loss(
      Staging at, DiffusionModel model, ConsistencyObjective objective, StyleSettings settings) {
    return new ConsistencyProgram(model, at.graph()).staged(at, objective, settings);
  }

  /** Stages a step that trains, in a graph in which nothing is staged yet. */
  static TaskLoss stage(
      Graph graph,
      DiffusionModel model,
      AdapterPlan plan,
      ConsistencyObjective objective,
      StyleSettings settings) {
    Staging at =
        new Staging(
            graph,
            model.compute(),
            StyleProgram.groups(plan, settings),
            plan,
            Staging.Purpose.TRAINING);
    return at.staged(loss(at, model, objective, settings));
  }

  private Expr staged(Staging at, ConsistencyObjective objective, StyleSettings settings) {
    if (StyleProgram.spares(model.denoiserWeights().bytes())) {
      graph.lowMemory();
    }
    Conditioning conditional = conditional();
    Conditioning unconditional = unconditional(conditional);
    DType type = at.type();
    StagedConsistency step = objective.stage(graph, model.denoiser().inChannels(), type);
    Expr both = step.noisy().cat(0, step.noisy());
    Expr times = step.timesteps().cat(0, step.timesteps());
    Expr teacher =
        predicted(LayerAdapters.NONE, both, times, conditional.with(unconditional), false)
            .to(type)
            .detach();
    Expr halves =
        teacher.reshape(Dim.of(2), Dim.of(-1), teacher.dim(1), teacher.dim(2), teacher.dim(3));
    Expr next = step.stepped(halves.select(0, 0), halves.select(0, 1));
    Expr student =
        predicted(
            at.adapters(), step.noisy(), step.timesteps(), conditional, settings.checkpointing());
    // Calibration looks at the layers of the base, each once.
    boolean looked = at.purpose() == Staging.Purpose.CALIBRATION;
    Expr target =
        predicted(
            looked ? LayerAdapters.NONE : at.adapters(),
            next,
            step.nextTimesteps(),
            conditional,
            false);
    return step.loss(student.to(type), next, target.to(type).detach());
  }

  private Conditioning conditional() {
    StagedCaptions captions = StagedCaptions.encoded(graph, model);
    return new Conditioning(
        captions.context(),
        captions
            .pooled()
            .map(pooled -> new AddedConditioning(pooled, Optional.of(StyleProgram.sizes(graph)))));
  }

  /** No caption: zeros for a Stable Diffusion XL, else the empty one. */
  private Conditioning unconditional(Conditioning conditional) {
    if (conditional.added().isPresent()) {
      AddedConditioning added = conditional.added().get();
      return new Conditioning(
          conditional.context().mul(0),
          Optional.of(new AddedConditioning(added.pooled().mul(0), added.sizes())));
    }
    Shape one = Shape.of(1, Shape.UNKNOWN, model.denoiser().crossAttentionDim());
    Expr empty = graph.input("unconditional", DType.F32, one).to(model.compute());
    return new Conditioning(
        empty.expand(conditional.context().dim(0), empty.dim(1), empty.dim(2)), Optional.empty());
  }

  private Expr predicted(
      LayerAdapters adapters,
      Expr x,
      Expr timesteps,
      Conditioning conditional,
      boolean checkpointing) {
    Weights weights = Weights.of(graph, model.denoiser().component(), frozen, adapters);
    DenoiserInputs inputs =
        DenoiserInputs.of(
            x.to(model.compute()), timesteps, TextConditioning.of(conditional.context()));
    return model
        .denoiser()
        .stage(weights, conditional.added().map(inputs::with).orElse(inputs), checkpointing);
  }
}
