package dev.lora4j.bench.training;

import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import dev.lora4j.diffusion.style.LatentStep;
import dev.lora4j.diffusion.train.objective.LatentSample;
import dev.lora4j.diffusion.train.objective.SampleDraw;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Inputs of both sides: latents and context once for all steps, the first factors, and the draws of
 * the steps that are compared.
 */
final class TrainingInputs {
  /** Steps whose losses have to agree. */
  static final int COMPARED = 2;

  private static final double LATENTS = 0.37;
  private static final double CONTEXT = 0.73;

  private TrainingInputs() {}

  /** Made-up latents, each picture's its own. */
  static List<LatentSample> latents(DiffusionModel model, TrainingSetting setting) {
    Shape one = Shape.of(model.denoiser().inChannels(), setting.side(), setting.side());
    List<LatentSample> all = new ArrayList<>();
    for (int i = 0; i < setting.batch(); i++) {
      all.add(LatentSample.of(one, waves(one, LATENTS, i)));
    }
    return all;
  }

  /** Made-up captions as the denoiser gets them. */
  static HostTensor context(DiffusionModel model, TrainingSetting setting) {
    int words = model.textEncoders().get(0).network().places();
    Shape shape = Shape.of(setting.batch(), words, model.denoiser().crossAttentionDim());
    return HostTensor.of(shape, waves(shape, CONTEXT, 0));
  }

  private static float[] waves(Shape shape, double frequency, int phase) {
    float[] values = new float[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.cos(i * frequency + phase);
    }
    return values;
  }

  /** Writes all of it for a peer, in F32. */
  static void write(DiffusionModel model, TrainingSetting setting, LatentStep step) {
    SafetensorsWriter writer = new SafetensorsWriter();
    List<LatentSample> latents = latents(model, setting);
    Shape one = latents.get(0).shape();
    Shape all = Shape.of(latents.size(), one.size(0), one.size(1), one.size(2));
    add(writer, "latents", joined(all, latents.stream().map(LatentSample::latents).toList()));
    add(writer, "context", context(model, setting));
    int size = model.schedule().size();
    float[] alphas = new float[size];
    for (int t = 0; t < size; t++) {
      alphas[t] = (float) model.schedule().alphaCumprod(t);
    }
    add(writer, "alphas_cumprod", HostTensor.of(Shape.of(size), alphas));
    boolean velocity = model.schedule().config().prediction() == Prediction.V_PREDICTION;
    add(writer, "velocity", HostTensor.of(Shape.of(1), velocity ? 1 : 0));
    for (int i = 0; i < COMPARED; i++) {
      List<SampleDraw> draws = step.draws(i);
      add(writer, "noise" + i, joined(all, draws.stream().map(SampleDraw::noise).toList()));
      add(writer, "timesteps" + i, row(draws, d -> d.level().timestep()));
    }
    step.initial().forEach((name, tensor) -> add(writer, name, tensor));
    writer.write(setting.inputs());
  }

  private static void add(SafetensorsWriter writer, String name, HostTensor tensor) {
    writer.add(name, DType.F32, tensor.shape(), tensor::bytes);
  }

  private static HostTensor joined(Shape shape, List<float[]> rows) {
    float[] all = new float[Math.toIntExact(shape.elements())];
    int at = 0;
    for (float[] row : rows) {
      System.arraycopy(row, 0, all, at, row.length);
      at += row.length;
    }
    return HostTensor.of(shape, all);
  }

  private static HostTensor row(List<SampleDraw> draws, ToDoubleFunction<SampleDraw> value) {
    float[] values = new float[draws.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) value.applyAsDouble(draws.get(i));
    }
    return HostTensor.of(Shape.of(values.length), values);
  }
}
