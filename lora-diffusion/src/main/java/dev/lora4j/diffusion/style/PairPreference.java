package dev.lora4j.diffusion.style;

import dev.lora4j.core.nn.LayerAdapters;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.diffusion.preference.PairObjective;
import dev.lora4j.diffusion.train.objective.SampleDraw;
import dev.lora4j.diffusion.train.objective.StagedObjective;
import java.util.List;
import java.util.Optional;

/**
 * Diffusion-DPO (Wallace et al. 2023): the adapter is to be better than a reference at denoising
 * the better picture of a pair, by more than at the worse one. The first half of a batch has the
 * better pictures.
 *
 * <p>A run that begins with a fresh adapter has the base as its reference, in the same program
 * without the adapter: as a fresh adapter changes nothing, both are equal to the last bit before
 * the first step. A run that begins with another one has that as its reference, in a program of its
 * own.
 */
final class PairPreference implements PredictionLoss {
  private final PairObjective preference;
  private final Optional<FrozenErrors> reference;

  private PairPreference(PairObjective preference, Optional<FrozenErrors> reference) {
    this.preference = preference;
    this.reference = reference;
  }

  /** With the base as reference. */
  static PairPreference besideBase(PairObjective preference) {
    return new PairPreference(preference, Optional.empty());
  }

  /** With the predictions that the run begins with as reference. */
  static PairPreference beside(PairObjective preference, FrozenErrors reference) {
    return new PairPreference(preference, Optional.of(reference));
  }

  @Override
  public Expr stage(Staging at, StagedObjective objective, StepDenoiser predicted) {
    Optional<Expr> told =
        reference.map(
            r -> at.graph().input("reference", at.type(), Shape.of(Shape.UNKNOWN)).reshape(2, -1));
    Expr own = errors(objective, predicted.apply(at.adapters()));
    Expr before =
        told.orElseGet(() -> errors(objective, predicted.apply(LayerAdapters.NONE)).detach());
    Expr rewards = before.sub(own);
    Expr better = rewards.select(0, 0);
    Expr worse = rewards.select(0, 1);
    Expr margin = better.sub(worse);
    double beta = preference.beta();
    // Equal rewards count half, so that a fresh adapter is right in half of the pairs.
    at.measure("rewards/accuracies", margin.sign().add(1).mul(0.5).mean());
    at.measure("rewards/margins", margin.mean().mul(beta));
    at.measure("rewards/chosen", better.mean().mul(beta));
    at.measure("rewards/rejected", worse.mean().mul(beta));
    at.measure("errors/chosen", own.select(0, 0).mean());
    at.measure("errors/rejected", own.select(0, 1).mean());
    return preference.each(margin).mean();
  }

  /** Errors of predictions, [2, pairs]. */
  private static Expr errors(StagedObjective objective, Expr predicted) {
    return objective.losses(predicted).reshape(2, -1);
  }

  @Override
  public List<Tensor> inputs(Scope scope, List<TrainingSample> samples, List<SampleDraw> draws) {
    return reference.stream().map(r -> r.of(scope, samples, draws)).toList();
  }
}
