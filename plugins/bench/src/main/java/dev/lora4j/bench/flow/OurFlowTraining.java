package dev.lora4j.bench.flow;

import dev.lora4j.bench.Contender;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.lora.LoraTraining;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.adapter.TargetPreset;
import dev.lora4j.core.train.schedule.Constant;
import dev.lora4j.core.train.schedule.RateSchedule;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import dev.lora4j.diffusion.sampling.NoiseLevel;
import dev.lora4j.diffusion.style.LatentStep;
import dev.lora4j.diffusion.style.LearningRates;
import dev.lora4j.diffusion.style.StyleSettings;
import dev.lora4j.diffusion.train.objective.LatentSample;
import dev.lora4j.diffusion.train.objective.ObjectiveSettings;
import dev.lora4j.diffusion.train.objective.SampleDraw;
import java.nio.file.Path;
import java.util.List;

/**
 * Ours: whole steps of training a LoRA of rank 16 on the attention of a transformer. Writes the
 * first factors, and the draws of the steps that are compared, when it is made.
 */
public final class OurFlowTraining implements Contender {
  /** Steps whose losses have to agree. */
  static final int COMPARED = 2;

  private static final double RATE = 1e-4;
  private static final int STEPS = 1_000_000;

  private final Lora4j lora;
  private final Scope scope;
  private final LatentStep step;

  /** For a process of its own, with the setting of the text. */
  public OurFlowTraining(String text) {
    FluxSetting setting = FluxSetting.of(text);
    int threads = Integer.getInteger("ai.djl.pytorch.num_threads", 1);
    lora = Lora4j.open(EngineOptions.DEFAULT.threads(threads));
    scope = lora.engine().scope("flow-training");
    DiffusionModel model = DiffusionModel.load(scope, setting.folder(), setting.options());
    DenoiserNetwork denoiser = model.denoiser();
    Shape latents = FlowInputs.latents(denoiser, setting.side());
    Shape one = Shape.of(latents.size(1), latents.size(2), latents.size(3));
    Shape context = FlowInputs.context(denoiser, setting.words());
    Shape pooled = FlowInputs.pooled(denoiser);
    step =
        new LatentStep(
            scope,
            model,
            style(),
            List.of(LatentSample.of(one, FlowInputs.latents(one))),
            HostTensor.of(context, FlowInputs.context(context)),
            List.of(HostTensor.of(pooled, FlowInputs.pooled(pooled))));
    write(setting.file(), latents);
  }

  /** AdamW, gradient clipped to 1, the plain squared error. */
  private static StyleSettings style() {
    AdapterRecipe recipe =
        AdapterRecipe.DEFAULT
            .method(new LoraTraining())
            .targets(TargetLayers.of(TargetPreset.ATTENTION));
    return StyleSettings.DEFAULT
        .with(recipe)
        .with(LearningRates.of(RATE))
        .with(RateSchedule.of(new Constant(), STEPS))
        .with(ObjectiveSettings.PLAIN)
        .withCheckpointing(false);
  }

  private void write(Path file, Shape latents) {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (int i = 0; i < COMPARED; i++) {
      SampleDraw draw = step.draws(i).get(0);
      NoiseLevel level = draw.level();
      float[] told = {(float) level.timestep(), (float) level.signal(), (float) level.noise()};
      add(writer, "level" + i, HostTensor.of(Shape.of(told.length), told));
      add(writer, "noise" + i, HostTensor.of(latents, draw.noise()));
    }
    step.initial().forEach((name, tensor) -> add(writer, name, tensor));
    writer.write(file);
  }

  private static void add(SafetensorsWriter writer, String name, HostTensor tensor) {
    writer.add(name, DType.F32, tensor.shape(), tensor::bytes);
  }

  @Override
  public String name() {
    return "lora4j";
  }

  /** Loss, and norm of the gradient, of the first steps. */
  @Override
  public double[] check() {
    double[] values = new double[2 * COMPARED];
    for (int i = 0; i < COMPARED; i++) {
      TrainingRun.Outcome outcome = step.take();
      values[2 * i] = outcome.loss();
      values[2 * i + 1] = outcome.gradientNorm();
    }
    return values;
  }

  @Override
  public double[] run(int units) {
    return Contender.timed(units, step::take);
  }

  @Override
  public void close() {
    step.close();
    scope.close();
    lora.close();
  }
}
