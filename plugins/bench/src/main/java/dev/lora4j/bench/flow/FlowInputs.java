package dev.lora4j.bench.flow;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.base.StagedNetworks;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import java.util.HashMap;
import java.util.Map;

/** Inputs of a transformer for every contender, and the compared part of its output. */
final class FlowInputs {
  private static final int SHOWN = 64;
  private static final double LATENTS = 0.37;
  private static final double CONTEXT = 0.73;
  private static final double POOLED = 0.51;

  private FlowInputs() {}

  /** The inputs by name; waves, which both sides compute alike. */
  static Map<String, Tensor> of(Scope scope, DenoiserNetwork denoiser, int side, int words) {
    Map<String, Tensor> data = new HashMap<>();
    data.put("x", tensor(scope, latents(denoiser, side), LATENTS));
    data.put("context", tensor(scope, context(denoiser, words), CONTEXT));
    data.put("pooled", tensor(scope, pooled(denoiser), POOLED));
    data.put("timesteps", Tensor.of(scope, Shape.of(1), FlowSetting.TIMESTEP));
    if (denoiser.guidanceWidth() > 0) {
      float[] told = denoiser.guidanceEmbedding(FlowSetting.GUIDANCE);
      data.put(StagedNetworks.GUIDANCE, Tensor.of(scope, Shape.of(1, told.length), told));
    }
    return data;
  }

  static Shape latents(DenoiserNetwork denoiser, int side) {
    return Shape.of(1, denoiser.inChannels(), side, side);
  }

  static Shape context(DenoiserNetwork denoiser, int words) {
    return Shape.of(1, words, denoiser.crossAttentionDim());
  }

  static Shape pooled(DenoiserNetwork denoiser) {
    return Shape.of(1, denoiser.pooledWidth());
  }

  /** Waves of latents. */
  static float[] latents(Shape shape) {
    return waves(shape, LATENTS);
  }

  /** Waves of a text. */
  static float[] context(Shape shape) {
    return waves(shape, CONTEXT);
  }

  /** Waves of a pooled text. */
  static float[] pooled(Shape shape) {
    return waves(shape, POOLED);
  }

  private static Tensor tensor(Scope scope, Shape shape, double frequency) {
    return Tensor.of(scope, shape, waves(shape, frequency));
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
