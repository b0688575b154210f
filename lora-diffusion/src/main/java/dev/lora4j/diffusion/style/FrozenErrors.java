package dev.lora4j.diffusion.style;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.FrozenParameters;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.train.objective.LatentSample;
import dev.lora4j.diffusion.train.objective.Objective;
import dev.lora4j.diffusion.train.objective.SampleDraw;
import dev.lora4j.diffusion.train.objective.StagedObjective;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Errors of the predictions that a run begins with, whatever its factors have become since. The
 * network is staged as a step has it, without dropouts, so that roundings are those of the step.
 * Valid while the scope is open that it was made with.
 */
final class FrozenErrors {
  private final CaptionInputs captions;
  private final Objective objective;
  private final Program program;
  private final HeldInputs held;

  /** The errors of the samples instead of a loss. */
  private static final class Each implements PredictionLoss {
    private Optional<Expr> errors = Optional.empty();

    @Override
    public Expr stage(Staging at, StagedObjective objective, StepDenoiser predicted) {
      Expr each = objective.losses(predicted.apply(at.adapters()));
      errors = Optional.of(each.detach());
      return each.mean();
    }

    @Override
    public List<Tensor> inputs(Scope scope, List<TrainingSample> samples, List<SampleDraw> draws) {
      return List.of();
    }
  }

  /**
   * Compiles the program.
   *
   * @param scope owner of what it holds
   * @param plan the layers with the factors that the run begins with
   * @param frozen what the factors of some methods are computed from
   */
  FrozenErrors(
      Scope scope,
      DiffusionModel model,
      AdapterPlan plan,
      StyleSettings settings,
      CaptionInputs captions,
      FrozenParameters frozen) {
    this.captions = captions;
    objective = new Objective(model.schedule(), settings.objective());
    Staging at =
        new Staging(
            new Graph(),
            model.compute(),
            StyleProgram.groups(plan, settings),
            plan,
            Staging.Purpose.VALIDATION);
    Each each = new Each();
    TaskLoss staged = at.staged(StyleProgram.loss(at, model, objective, settings, each));
    program = staged.parameters().graph().training(scope, List.of(each.errors.orElseThrow()));
    FlatLayout layout = staged.factors().layout();
    float[] initial = staged.factors().initial(scope, settings.seed(), frozen);
    Tensor flat = Tensor.of(scope, Shape.of(initial.length), initial);
    Map<String, Tensor> own = staged.factors().held(scope, initial);
    Function<String, Tensor> tensors =
        name ->
            layout
                .slot(name)
                .map(slot -> flat.view(scope, slot.offset(), slot.parameter().shape()))
                .or(() -> Optional.ofNullable(own.get(name)))
                .orElseGet(() -> StyleProgram.held(model, name));
    held =
        model.weightsMemory().isPresent()
            ? program.hold(scope, tensors, model.weightsMemory().getAsLong())
            : program.hold(scope, tensors);
  }

  /** The error of each sample, [samples], owned by {@code scope}. */
  Tensor of(Scope scope, List<TrainingSample> samples, List<SampleDraw> draws) {
    try (Scope work = scope.child("errors")) {
      List<Tensor> inputs = new ArrayList<>(captions.of(work, samples));
      List<LatentSample> latents = samples.stream().map(TrainingSample::latents).toList();
      inputs.addAll(objective.batch(work, latents, draws));
      return program.run(scope, held, inputs).get(0);
    }
  }
}
