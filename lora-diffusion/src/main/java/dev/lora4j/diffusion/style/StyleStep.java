package dev.lora4j.diffusion.style;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.MaxNorm;
import dev.lora4j.core.train.StepSettings;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.TrainingState;
import dev.lora4j.core.train.TrainingStep;
import dev.lora4j.core.train.adapter.AdapterInTraining;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.TextEncoder;
import dev.lora4j.diffusion.train.objective.LatentSample;
import dev.lora4j.diffusion.train.objective.Objective;
import dev.lora4j.diffusion.train.objective.SampleDraw;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The compiled step of a run, and how a batch of pictures becomes its inputs. */
final class StyleStep {
  /** More than any batch has, so that no two samples of a run have one number. */
  private static final long NUMBERS_OF_A_BATCH = 1 << 16;

  private final DiffusionModel model;
  private final StyleSettings settings;
  private final Objective objective;
  private final AdapterPlan plan;
  private final CaptionInputs captions;
  private final AdapterInTraining factors;
  private final TrainingStep step;
  private final float[] initial;
  private final Function<String, Tensor> held;

  StyleStep(
      Scope scope,
      DiffusionModel model,
      AdapterPlan plan,
      Objective objective,
      StyleSettings settings,
      CaptionInputs captions) {
    this.model = model;
    this.settings = settings;
    this.objective = objective;
    this.plan = plan;
    this.captions = captions;
    StyleProgram program = StyleProgram.stage(model, plan, objective, settings, false);
    factors = program.factors();
    step = TrainingStep.compile(scope, program.parameters(), program.loss(), how());
    initial = factors.initial(scope, settings.seed(), this::weight);
    Map<String, Tensor> own = factors.held(scope, initial);
    held = StyleProgram.held(model, own);
  }

  private StepSettings how() {
    StepSettings how =
        StepSettings.of(settings.optimizer(), settings.clip())
            .averaging(settings.averageDecay())
            .computedIn(model.compute());
    return settings.accumulate() > 1 ? how.accumulating() : how;
  }

  /** The base's weight of a layer. */
  private Tensor weight(Site site) {
    String name = site.name().substring(site.name().indexOf('.') + 1) + ".weight";
    for (TextEncoder encoder : model.textEncoders()) {
      if (site.name().startsWith(encoder.model() + ".")) {
        return encoder.weights().tensor(name);
      }
    }
    return model.unetWeights().tensor(name);
  }

  AdapterInTraining factors() {
    return factors;
  }

  TrainingStep step() {
    return step;
  }

  FlatLayout layout() {
    return factors.layout();
  }

  float[] initial() {
    return initial;
  }

  /**
   * What keeps the changes of layers small, if the settings ask for it.
   *
   * @throws IllegalArgumentException if the method has no up and down factors
   */
  Optional<MaxNorm> maxNorm(Scope scope) {
    if (settings.maxNorm().isEmpty()) {
      return Optional.empty();
    }
    if (!settings.recipe().method().name().equals("lora")) {
      throw new IllegalArgumentException(
          "max_norm (scale_weight_norms) is for lora, whose product it measures; take it away from "
              + settings.recipe().method().name()
              + ".");
    }
    Map<String, Double> scales = new HashMap<>();
    plan.sites()
        .forEach(
            (site, recipe) ->
                scales.put(site.name(), settings.recipe().method().scale(site, recipe)));
    return Optional.of(
        MaxNorm.compile(
            scope,
            step,
            layout(),
            settings.maxNorm().getAsDouble(),
            site -> scales.getOrDefault(site, 1.0)));
  }

  /** The tensors that the program holds beside what is trained. */
  Function<String, Tensor> held() {
    return held;
  }

  TrainingState begin(Scope scope) {
    return TrainingState.begin(scope, step, layout(), initial);
  }

  TrainingRun bind(Scope scope, TrainingState state) {
    return step.bind(scope, state, layout(), held);
  }

  /** What chance decides about the samples of all batches of one step. */
  List<List<SampleDraw>> draws(long firstBatch, List<List<TrainingSample>> batches) {
    int places = batches.stream().mapToInt(List::size).sum();
    List<List<SampleDraw>> all = new ArrayList<>();
    int place = 0;
    for (int b = 0; b < batches.size(); b++) {
      List<SampleDraw> draws = new ArrayList<>();
      for (int i = 0; i < batches.get(b).size(); i++) {
        long number = (firstBatch + b) * NUMBERS_OF_A_BATCH + i;
        LatentSample sample = batches.get(b).get(i).latents();
        draws.add(objective.draw(settings.seed(), number, place++, places, sample));
      }
      all.add(draws);
    }
    return all;
  }

  /** The inputs for batch {@code number}. */
  List<Tensor> inputs(
      Scope scope, long number, List<TrainingSample> batch, List<SampleDraw> draws) {
    List<Tensor> all = new ArrayList<>(factors.inputs(scope, settings.seed(), number));
    all.addAll(captions.of(scope, batch));
    List<LatentSample> latents = batch.stream().map(TrainingSample::latents).toList();
    all.addAll(objective.batch(scope, latents, draws));
    return all;
  }
}
