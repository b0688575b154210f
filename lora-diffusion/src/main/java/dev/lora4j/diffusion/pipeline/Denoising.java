package dev.lora4j.diffusion.pipeline;

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

/**
 * What the denoiser sees in the latents of a batch. Pictures share a run of it if they have the
 * same inside its weights and as many tokens, since tokens that pad a text would change its
 * picture; mostly all do.
 */
final class Denoising {
  private final Scope scope;
  private final DiffusionModel base;
  private final MixedNetworks networks;
  private final List<BatchPicture> pictures;
  private final Shape shape;
  private final Collection<Together> runs;

  /** Pictures in one run: for each row its picture, and what it is told. */
  private record Together(List<Integer> rows, Map<String, Tensor> told) {}

  /**
   * For the pictures of a batch.
   *
   * @param shape [1, channels, height, width] of the latents of one
   */
  Denoising(
      Scope scope,
      DiffusionModel base,
      MixedNetworks networks,
      List<BatchPicture> pictures,
      Shape shape) {
    this.scope = scope;
    this.base = base;
    this.networks = networks;
    this.pictures = pictures;
    this.shape = shape;
    Map<List<Object>, List<Integer>> groups = new LinkedHashMap<>();
    for (int i = 0; i < pictures.size(); i++) {
      groups.computeIfAbsent(group(i), g -> new ArrayList<>()).add(i);
    }
    runs = groups.values().stream().map(this::together).toList();
  }

  private List<Object> group(int picture) {
    Map<String, List<Long>> shapes = new HashMap<>();
    pictures
        .get(picture)
        .told()
        .forEach(
            (name, tensor) ->
                shapes.put(
                    name, Arrays.stream(tensor.shape().with(0, 1).sizes()).boxed().toList()));
    return List.of(networks.group(picture), shapes);
  }

  private Together together(List<Integer> members) {
    List<Integer> rows = new ArrayList<>();
    for (int member : members) {
      for (int i = 0; i < pictures.get(member).rows(); i++) {
        rows.add(member);
      }
    }
    Map<String, Tensor> told = new HashMap<>();
    for (String name : pictures.get(members.get(0)).told().keySet()) {
      List<Tensor> parts = members.stream().map(m -> pictures.get(m).told().get(name)).toList();
      told.put(name, parts.size() == 1 ? parts.get(0) : joined(parts));
    }
    return new Together(rows, told);
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

  /** Number of pictures in the run of a picture, and its place among them. */
  int[] place(int picture) {
    for (Together run : runs) {
      List<Integer> members = run.rows().stream().distinct().toList();
      if (members.contains(picture)) {
        return new int[] {members.size(), members.indexOf(picture)};
      }
    }
    throw new IllegalArgumentException("no picture " + picture);
  }

  /**
   * The latents of all pictures as the network guesses them.
   *
   * @param x noisy latents, one picture after the other
   */
  float[] denoise(float[] x, NoiseLevel level, int step) {
    int values = Math.toIntExact(shape.elements());
    float[] denoised = new float[x.length];
    for (Together run : runs) {
      float[] predicted = predict(run, x, level.timestep(), step);
      int at = 0;
      for (int picture : run.rows().stream().distinct().toList()) {
        int own = pictures.get(picture).rows() * values;
        float[] guided = pictures.get(picture).guide(Arrays.copyOfRange(predicted, at, at + own));
        at += own;
        for (int i = 0; i < values; i++) {
          int to = picture * values + i;
          denoised[to] =
              (float) base.schedule().config().prediction().denoised(x[to], guided[i], level);
        }
      }
    }
    return denoised;
  }

  private float[] predict(Together run, float[] x, double timestep, int step) {
    int rows = run.rows().size();
    int values = Math.toIntExact(shape.elements());
    try (Scope work = scope.child("step")) {
      List<float[]> more =
          run.rows().stream()
              .map(r -> pictures.get(r).filling().map(Tensor::floats).orElse(new float[0]))
              .toList();
      int width = values + more.get(0).length;
      float[] batch = new float[rows * width];
      float[] timesteps = new float[rows];
      Arrays.fill(timesteps, (float) timestep);
      for (int row = 0; row < rows; row++) {
        System.arraycopy(x, run.rows().get(row) * values, batch, row * width, values);
        System.arraycopy(more.get(row), 0, batch, row * width + values, width - values);
      }
      Map<String, Tensor> data = new HashMap<>(run.told());
      Shape whole = shape.with(0, rows).with(1, width / (shape.size(2) * shape.size(3)));
      data.put("x", Tensor.of(work, whole, batch));
      data.put("timesteps", Tensor.of(work, Shape.of(rows), timesteps));
      return networks.unet(work, run.rows(), data, step).floats();
    }
  }
}
