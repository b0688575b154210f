package dev.lora4j.diffusion.denoising;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.sampling.NoiseLevel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Denoiser calls on the latents of a batch. Plans of its pictures, mostly one of each, share a call
 * if they have the same merged weights and as many tokens, since tokens that pad a text would
 * change its picture; mostly all do.
 */
final class Denoising {
  private final Scope scope;
  private final DiffusionModel base;
  private final MixedNetworks networks;
  private final List<BatchPicture> pictures;
  private final List<PlanRows> plans;
  private final Shape shape;
  private final Collection<Together> runs;

  /** Plans in one run: the plan of each row, and its added conditioning. */
  private record Together(List<Integer> rows, Map<String, Tensor> added) {
    List<Integer> plans() {
      return rows.stream().distinct().toList();
    }
  }

  /**
   * For the pictures of a batch.
   *
   * @param plans of all pictures, in the order of {@code networks}; those of a picture in the order
   *     of its mixer
   * @param shape [1, channels, height, width] of the latents of one
   */
  Denoising(
      Scope scope,
      DiffusionModel base,
      MixedNetworks networks,
      List<BatchPicture> pictures,
      List<PlanRows> plans,
      Shape shape) {
    this.scope = scope;
    this.base = base;
    this.networks = networks;
    this.pictures = pictures;
    this.plans = plans;
    this.shape = shape;
    Map<List<Object>, List<Integer>> groups = new LinkedHashMap<>();
    for (int i = 0; i < plans.size(); i++) {
      groups.computeIfAbsent(group(i), g -> new ArrayList<>()).add(i);
    }
    runs = groups.values().stream().map(this::together).toList();
  }

  private List<Object> group(int plan) {
    Map<String, List<Long>> shapes = new HashMap<>();
    plans
        .get(plan)
        .added()
        .forEach(
            (name, tensor) ->
                shapes.put(
                    name, Arrays.stream(tensor.shape().with(0, 1).sizes()).boxed().toList()));
    return List.of(networks.group(plan), shapes);
  }

  private Together together(List<Integer> members) {
    List<Integer> rows = new ArrayList<>();
    for (int member : members) {
      for (int i = 0; i < picture(member).rows(); i++) {
        rows.add(member);
      }
    }
    Map<String, Tensor> told = new HashMap<>();
    for (String name : plans.get(members.get(0)).added().keySet()) {
      List<Tensor> parts =
          members.stream()
              .map(m -> Objects.requireNonNull(plans.get(m).added().get(name)))
              .toList();
      told.put(name, parts.size() == 1 ? parts.get(0) : joined(parts));
    }
    return new Together(rows, told);
  }

  private BatchPicture picture(int plan) {
    return pictures.get(plans.get(plan).picture());
  }

  /** One below the other. */
  private Tensor joined(List<Tensor> parts) {
    long rows = parts.stream().mapToLong(p -> p.shape().size(0)).sum();
    Shape whole = parts.get(0).shape().with(0, rows);
    float[] all = new float[Math.toIntExact(whole.elements())];
    int at = 0;
    for (Tensor part : parts) {
      float[] values = part.floats();
      System.arraycopy(values, 0, all, at, values.length);
      at += values.length;
    }
    return Tensor.of(scope, whole, all);
  }

  /** Number of runs of the denoiser that a step takes. */
  int runs() {
    return runs.size();
  }

  /** The plans of a picture, by their numbers in the networks. */
  List<Integer> plans(int picture) {
    List<Integer> own = new ArrayList<>();
    for (int i = 0; i < plans.size(); i++) {
      if (plans.get(i).picture() == picture) {
        own.add(i);
      }
    }
    return own;
  }

  /** Number of pictures, a picture itself included, that share a run with its first plan. */
  int together(int picture) {
    int first = plans(picture).get(0);
    Together run = runs.stream().filter(r -> r.rows().contains(first)).findFirst().orElseThrow();
    return (int) run.rows().stream().map(plan -> plans.get(plan).picture()).distinct().count();
  }

  /**
   * The latents of all pictures as the network guesses them.
   *
   * @param x noisy latents, one picture after the other
   */
  float[] denoise(float[] x, NoiseLevel level, int step) {
    List<List<float[]>> outputs = new ArrayList<>();
    pictures.forEach(p -> outputs.add(new ArrayList<>()));
    float[][] guided = guided(x, level, step);
    for (int plan = 0; plan < guided.length; plan++) {
      outputs.get(plans.get(plan).picture()).add(guided[plan]);
    }
    int values = Math.toIntExact(shape.elements());
    float[] denoised = new float[x.length];
    for (int picture = 0; picture < pictures.size(); picture++) {
      float[] output = pictures.get(picture).composed(outputs.get(picture), step);
      for (int i = 0; i < values; i++) {
        int to = picture * values + i;
        denoised[to] =
            (float) base.schedule().config().prediction().denoised(x[to], output[i], level);
      }
    }
    return denoised;
  }

  /** The output of each plan. */
  private float[][] guided(float[] x, NoiseLevel level, int step) {
    int values = Math.toIntExact(shape.elements());
    float[][] guided = new float[plans.size()][];
    for (Together run : runs) {
      float[] predicted = predict(run, x, level.timestep(), step);
      int at = 0;
      for (int plan : run.plans()) {
        int own = picture(plan).rows() * values;
        guided[plan] = picture(plan).guide(Arrays.copyOfRange(predicted, at, at + own));
        at += own;
      }
    }
    return guided;
  }

  private float[] predict(Together run, float[] x, double timestep, int step) {
    return scope.engine().together(() -> predicted(run, x, timestep, step));
  }

  private float[] predicted(Together run, float[] x, double timestep, int step) {
    int rows = run.rows().size();
    int values = Math.toIntExact(shape.elements());
    try (Scope work = scope.child("step")) {
      List<float[]> more =
          run.rows().stream()
              .map(plan -> picture(plan).filling().map(Tensor::floats).orElse(new float[0]))
              .toList();
      int width = values + more.get(0).length;
      float[] batch = new float[rows * width];
      float[] timesteps = new float[rows];
      Arrays.fill(timesteps, (float) timestep);
      for (int row = 0; row < rows; row++) {
        int picture = plans.get(run.rows().get(row)).picture();
        System.arraycopy(x, picture * values, batch, row * width, values);
        System.arraycopy(more.get(row), 0, batch, row * width + values, width - values);
      }
      Map<String, Tensor> data = new HashMap<>(run.added());
      Shape whole = shape.with(0, rows).with(1, width / (shape.size(2) * shape.size(3)));
      data.put("x", Tensor.of(work, whole, batch));
      data.put("timesteps", Tensor.of(work, Shape.of(rows), timesteps));
      return networks.unet(work, run.rows(), data, step).floats();
    }
  }
}
