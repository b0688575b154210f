package dev.lora4j.diffusion.style;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.run.AdapterStep;
import dev.lora4j.core.train.run.TrainingSettings;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.train.objective.LatentSample;
import dev.lora4j.diffusion.train.objective.SampleDraw;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Single steps on one batch of latents and encoded captions that the caller has, each the whole of
 * what {@link StyleTrainer} does for a step: draws, inputs, loss, gradient, clipping, optimiser.
 * For those who measure steps or compare them with another program's. For one thread at a time.
 */
public final class LatentStep implements AutoCloseable {
  private final Scope scope;
  private final TrainingSettings settings;
  private final List<TrainingSample> batch;
  private final StyleTask task;
  private final AdapterStep step;
  private final TrainingRun run;
  private long taken;

  /**
   * Compiles the step.
   *
   * @param owner of what it needs
   * @param settings one batch for a step; no text encoder may be trained
   * @param latents of one shape, one for each picture
   * @param context the text conditioning, [batch, tokens, width], in row-major order
   * @throws IllegalArgumentException if the base takes more conditioning, or something does not fit
   */
  public LatentStep(
      Scope owner,
      DiffusionModel model,
      StyleSettings settings,
      List<LatentSample> latents,
      HostTensor context) {
    this(owner, model, settings, latents, context, List.of());
  }

  /**
   * Compiles the step for a base that is told more than the text.
   *
   * @param others what it is told beside the context: the pooled text, [batch, width], as Stable
   *     Diffusion XL and 3 are; and the sizes, [batch, 6], as XL is
   */
  public LatentStep(
      Scope owner,
      DiffusionModel model,
      StyleSettings settings,
      List<LatentSample> latents,
      HostTensor context,
      List<HostTensor> others) {
    this(owner, model, settings, latents, context, others, List.of());
  }

  /**
   * Compiles the step for a base that sees reference pictures.
   *
   * @param references latents of the reference pictures of each picture, of one shape and as many
   *     for each; empty for none
   */
  public LatentStep(
      Scope owner,
      DiffusionModel model,
      StyleSettings settings,
      List<LatentSample> latents,
      HostTensor context,
      List<HostTensor> others,
      List<List<LatentSample>> references) {
    AdapterPlan plan = settings.recipe().plan(model.sites().all());
    boolean told = others.size() == (model.pools() ? 1 : 0) + (model.xl() ? 1 : 0);
    if (!told || StyleProgram.trainsText(plan) || settings.accumulate() > 1) {
      throw new IllegalArgumentException(
          "A step on given latents and captions needs all that the base is told, and trains no text"
              + " encoders and accumulates nothing.");
    }
    Shape fitting =
        Shape.of(latents.size(), context.shape().size(1), model.denoiser().crossAttentionDim());
    if (!context.shape().equals(fitting)) {
      throw new IllegalArgumentException(
          "The captions have the shape " + context.shape() + ", expected " + fitting + ".");
    }
    this.settings = settings.training();
    batch =
        IntStream.range(0, latents.size())
            .mapToObj(
                i -> sample(latents.get(i), references.isEmpty() ? List.of() : references.get(i)))
            .toList();
    scope = owner.child("latent-step");
    CaptionInputs captions =
        (inputs, samples) ->
            Stream.concat(Stream.of(context), others.stream()).map(t -> t.on(inputs)).toList();
    task =
        new StyleTask(
            model,
            plan,
            settings,
            captions,
            new FixedSamples(batch),
            PredictionLoss.NOISE,
            1,
            steps -> Map.of());
    step = new AdapterStep(scope, task, this.settings);
    run = step.bind(scope, step.begin(scope));
  }

  private static TrainingSample sample(LatentSample latents, List<LatentSample> references) {
    int height = (int) latents.shape().size(1);
    int width = (int) latents.shape().size(2);
    return new TrainingSample(
        Path.of("latents"), latents, "", true, TrainingSample.Sizes.own(height, width), references);
  }

  /** Takes the next step, at the rate that the settings have for it. */
  public TrainingRun.Outcome take() {
    try (Scope inputs = scope.child("batch")) {
      List<Tensor> all = step.inputs(inputs, taken, task.batches(taken, 1).get(0));
      TrainingRun.Outcome outcome = run.step(settings.rate(taken), all);
      taken++;
      return outcome;
    }
  }

  /** Draws of each sample of step {@code number}, from 0. */
  public List<SampleDraw> draws(long number) {
    return task.draws(number, List.of(batch)).get(0);
  }

  /** The factors before the first step, by layer and part, for example {@code unet.x.to_q.down}. */
  public Map<String, HostTensor> initial() {
    Map<String, HostTensor> factors = new LinkedHashMap<>();
    float[] initial = step.initial();
    for (FlatLayout.Slot slot : step.layout().slots()) {
      Shape shape = slot.parameter().shape();
      int from = Math.toIntExact(slot.offset());
      int to = Math.toIntExact(slot.offset() + shape.elements());
      float[] values = Arrays.copyOfRange(initial, from, to);
      factors.put(slot.parameter().name(), HostTensor.of(shape, values));
    }
    return factors;
  }

  @Override
  public void close() {
    run.close();
    scope.close();
  }
}
