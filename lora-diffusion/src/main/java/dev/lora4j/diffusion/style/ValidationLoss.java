package dev.lora4j.diffusion.style;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.Held;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.train.objective.LatentSample;
import dev.lora4j.diffusion.train.objective.Objective;
import dev.lora4j.diffusion.train.objective.SampleDraw;
import dev.lora4j.diffusion.train.objective.Validation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The loss on pictures that are held out: the same noise and timesteps each time, and nothing left
 * out by chance, so that two values differ by the factors alone.
 */
final class ValidationLoss {
  /** Keeps the noise apart from that of training, whatever its seed. */
  private static final long SEED = 0x76616c6964L;

  private final Validation validation;
  private final StyleInputs captions;
  private final Program program;
  private final FlatLayout layout;
  private final List<TrainingSample> samples;
  private final List<List<SampleDraw>> draws = new ArrayList<>();

  ValidationLoss(
      Scope scope,
      DiffusionModel model,
      AdapterPlan plan,
      Objective objective,
      StyleSettings settings,
      int timesteps,
      StyleInputs captions,
      List<TrainingSample> samples) {
    this.validation = new Validation(objective, SEED, timesteps);
    this.captions = captions;
    this.samples = samples;
    StyleProgram staged =
        StyleProgram.stage(model, plan.withoutDropouts(), validation.objective(), settings, false);
    layout = staged.factors().layout();
    program = staged.parameters().graph().training(scope, List.of(staged.loss().detach()));
    for (int i = 0; i < samples.size(); i++) {
      draws.add(validation.draws(i, samples.get(i).latents()));
    }
  }

  /**
   * The mean over all pictures and timesteps.
   *
   * @param weights the flat buffer of factors to judge
   * @param frozen what the program holds beside them
   */
  double of(Scope scope, Tensor weights, Function<String, Tensor> frozen) {
    double sum = 0;
    try (Scope work = scope.child("validation")) {
      Held held =
          program.hold(
              work,
              name ->
                  layout
                      .slot(name)
                      .map(s -> weights.view(work, s.offset(), s.parameter().shape()))
                      .orElseGet(() -> frozen.apply(name)));
      for (int i = 0; i < samples.size(); i++) {
        try (Scope one = work.child("picture")) {
          List<SampleDraw> drawn = draws.get(i);
          TrainingSample sample = samples.get(i);
          List<TrainingSample> same = drawn.stream().map(d -> sample).toList();
          List<LatentSample> latents = same.stream().map(TrainingSample::latents).toList();
          List<Tensor> inputs = new ArrayList<>(captions.of(one, same));
          inputs.addAll(validation.objective().batch(one, latents, drawn));
          sum += program.run(one, held, inputs).get(0).floats()[0];
        }
      }
    }
    return sum / samples.size();
  }
}
