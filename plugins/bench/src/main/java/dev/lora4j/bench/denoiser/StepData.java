package dev.lora4j.bench.denoiser;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Inputs of the denoiser for every contender, and the compared part of its output. */
final class StepData {
  private static final int SHOWN = 64;
  private static final double LATENTS = 0.37;
  private static final double CONTEXT = 0.73;

  private StepData() {}

  /** The inputs by name; waves, which both sides compute alike. */
  static Map<String, Tensor> of(Scope scope, DenoiserNetwork network, StepSetting setting) {
    int batch = setting.batch();
    Shape latents = Shape.of(batch, network.inChannels(), setting.side(), setting.side());
    Shape words = Shape.of(batch, StepSetting.WORDS, network.crossAttentionDim());
    float[] timesteps = new float[batch];
    Arrays.fill(timesteps, StepSetting.TIMESTEP);
    Map<String, Tensor> data = new HashMap<>();
    data.put("x", Tensor.of(scope, latents, waves(latents, LATENTS)));
    data.put("context", Tensor.of(scope, words, waves(words, CONTEXT)));
    data.put("timesteps", Tensor.of(scope, Shape.of(batch), timesteps));
    return data;
  }

  private static float[] waves(Shape shape, double frequency) {
    float[] values = new float[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.cos(i * frequency);
    }
    return values;
  }

  /** Some numbers of an output, from all over it. */
  static double[] shown(float... output) {
    double[] shown = new double[SHOWN];
    for (int i = 0; i < SHOWN; i++) {
      shown[i] = output[(int) ((long) i * output.length / SHOWN)];
    }
    return shown;
  }
}
