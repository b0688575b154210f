package dev.lora4j.diffusion.train.objective;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.train.objective.LatentSample.Mask;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Inputs of a program, made of samples and draws. */
final class ObjectiveBatch {
  private ObjectiveBatch() {}

  static List<Tensor> tensors(
      Scope scope, ObjectiveSettings settings, List<LatentSample> samples, List<SampleDraw> draws) {
    if (samples.isEmpty() || samples.size() != draws.size()) {
      throw new IllegalArgumentException(
          samples.size()
              + " samples with "
              + draws.size()
              + " draws make no batch; it has one draw for each of one or more samples.");
    }
    Shape one = samples.get(0).shape();
    require(samples, LatentSample::shape, "latents");
    Shape latents = Shape.of(samples.size(), one.size(0), one.size(1), one.size(2));
    List<Tensor> inputs = new ArrayList<>();
    inputs.add(stacked(scope, latents, samples.stream().map(LatentSample::latents)));
    inputs.add(stacked(scope, latents, draws.stream().map(SampleDraw::noise)));
    if (settings.noise().inputPerturbation() > 0) {
      inputs.add(stacked(scope, latents, draws.stream().map(SampleDraw::inputNoise)));
    }
    inputs.add(row(scope, draws, d -> d.level().signal()));
    inputs.add(row(scope, draws, d -> d.level().noise()));
    inputs.add(row(scope, draws, d -> d.level().timestep()));
    inputs.add(row(scope, draws, SampleDraw::weight));
    if (settings.loss().criterion().thresholded()) {
      inputs.add(row(scope, draws, SampleDraw::threshold));
    }
    if (settings.loss().masked()) {
      inputs.add(masks(scope, samples));
    }
    return inputs;
  }

  /** The masks; pictures without one count as a whole. */
  private static Tensor masks(Scope scope, List<LatentSample> samples) {
    Shape latents = samples.get(0).shape();
    Mask whole =
        samples.stream()
            .flatMap(s -> s.mask().stream())
            .findFirst()
            .map(m -> Mask.whole(m.height(), m.width()))
            .orElseGet(() -> Mask.whole((int) latents.size(1), (int) latents.size(2)));
    List<Mask> all = samples.stream().map(s -> s.mask().orElse(whole)).toList();
    require(all, m -> Shape.of(m.height(), m.width()), "masks");
    Shape shape = Shape.of(all.size(), 1, whole.height(), whole.width());
    return stacked(scope, shape, all.stream().map(Mask::values));
  }

  private static <T> void require(List<T> all, Function<T, Shape> size, String what) {
    List<Shape> sizes = all.stream().map(size).distinct().toList();
    if (sizes.size() > 1) {
      throw new IllegalArgumentException(
          "The " + what + " of a batch have one size, but these have " + sizes + ".");
    }
  }

  private static Tensor stacked(Scope scope, Shape shape, Stream<float[]> parts) {
    float[] all = new float[Math.toIntExact(shape.elements())];
    int at = 0;
    for (float[] part : (Iterable<float[]>) parts::iterator) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return Tensor.of(scope, shape, all);
  }

  private static Tensor row(
      Scope scope, List<SampleDraw> draws, ToDoubleFunction<SampleDraw> value) {
    float[] values = new float[draws.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) value.applyAsDouble(draws.get(i));
    }
    return Tensor.of(scope, Shape.of(values.length), values);
  }
}
