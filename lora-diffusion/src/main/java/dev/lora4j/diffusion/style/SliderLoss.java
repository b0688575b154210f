package dev.lora4j.diffusion.style;

import dev.lora4j.core.nn.LayerAdapters;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.conditioning.EncodedCaption;
import dev.lora4j.diffusion.slider.SliderPrompts;
import dev.lora4j.diffusion.slider.SliderSettings;
import dev.lora4j.diffusion.train.objective.SampleDraw;
import dev.lora4j.diffusion.train.objective.StagedObjective;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A direction between two prompts (Gandikota et al. 2023, equation 7): with the target prompt, the
 * adapter at weight 1 is to predict what the base does plus {@code strength * (positive -
 * negative)}, and at weight -1 what it does less that. The loss is the mean of both distances, so
 * that of an adapter that changes nothing is the length of the direction.
 */
final class SliderLoss implements PredictionLoss {
  private static final String POSITIVE = "positive_";
  private static final String NEGATIVE = "negative_";

  private final DiffusionModel model;
  private final SliderSettings settings;
  private final Function<String, EncodedCaption> captions;
  private final Map<String, SliderPrompts> byTarget;

  /**
   * A loss.
   *
   * @param captions encodes prompts as the base does
   */
  SliderLoss(
      DiffusionModel model, SliderSettings settings, Function<String, EncodedCaption> captions) {
    this.model = model;
    this.settings = settings;
    this.captions = captions;
    byTarget =
        settings.variants().stream()
            .collect(Collectors.toMap(SliderPrompts::target, prompts -> prompts));
  }

  @Override
  public Expr stage(Staging at, StagedObjective objective, StepDenoiser denoiser) {
    StagedCaptions positive = StagedCaptions.encoded(at.graph(), model, POSITIVE);
    StagedCaptions negative = StagedCaptions.encoded(at.graph(), model, NEGATIVE);
    Expr base = denoiser.base(List.of(denoiser.captions(), positive, negative));
    Expr target = base.select(0, 0);
    Expr direction = base.select(0, 1).sub(base.select(0, 2)).mul(settings.strength());
    // Calibration looks at the layers of the base, each once.
    boolean looked = at.purpose() == Staging.Purpose.CALIBRATION;
    LayerAdapters opposite = looked ? LayerAdapters.NONE : new OppositeAdapters(at.adapters());
    Expr forwards = objective.loss(denoiser.apply(at.adapters()), target.add(direction));
    Expr backwards = objective.loss(denoiser.apply(opposite), target.sub(direction));
    at.measure("slider/direction", objective.loss(target.add(direction), target));
    at.measure("slider/forwards", forwards);
    at.measure("slider/backwards", backwards);
    return forwards.add(backwards).mul(0.5);
  }

  @Override
  public List<Tensor> inputs(Scope scope, List<TrainingSample> samples, List<SampleDraw> draws) {
    List<Tensor> inputs = new ArrayList<>();
    inputs.addAll(encoded(scope, samples, SliderPrompts::positive));
    inputs.addAll(encoded(scope, samples, SliderPrompts::negative));
    return inputs;
  }

  private List<Tensor> encoded(
      Scope scope, List<TrainingSample> samples, Function<SliderPrompts, String> prompt) {
    List<EncodedCaption> rows =
        samples.stream()
            .map(s -> Objects.requireNonNull(byTarget.get(s.caption()), s.caption()))
            .map(prompts -> captions.apply(prompt.apply(prompts)))
            .toList();
    return StyleInputs.encoded(scope, model, rows);
  }
}
