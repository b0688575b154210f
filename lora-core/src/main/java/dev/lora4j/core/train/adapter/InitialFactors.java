package dev.lora4j.core.train.adapter;

import dev.lora4j.core.adapter.training.TensorInit;
import dev.lora4j.core.adapter.training.TrainedTensor;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.SeededNoise;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Fills the factors of layers. Each depends only on the seed, its name and the layer's weight. */
final class InitialFactors {
  private final Scope scope;
  private final long seed;
  private final FrozenParameters base;
  private boolean rounded;
  private boolean unrounded;

  /** Creates the factors of one adapter. */
  InitialFactors(Scope scope, long seed, FrozenParameters base) {
    this.scope = scope;
    this.seed = seed;
    this.base = base;
  }

  /**
   * Checks that factors that make up for the rounding of a base have met one.
   *
   * @throws IllegalArgumentException if no layer was rounded
   */
  void requireRounding() {
    if (unrounded && !rounded) {
      throw new IllegalArgumentException(
          "No layer that is trained was rounded to few bits when the base was loaded, so there is"
              + " nothing that init = loftq could make up for. Load a base of whole numbers in few"
              + " bits (--base-precision nf4), or begin with another init.");
    }
  }

  /** Fills the tensors of one layer. */
  void fill(float[] flat, FlatLayout layout, AdapterPlan.Planned planned) {
    IdentityHashMap<Function<Expr, List<Expr>>, List<float[]>> made = new IdentityHashMap<>();
    for (TrainedTensor tensor : planned.tensors()) {
      String name = StagedAdapter.name(planned.site(), tensor);
      int from =
          Math.toIntExact(
              layout.slot(name).orElseThrow(() -> new IllegalStateException(name)).offset());
      int count = Math.toIntExact(tensor.shape().elements());
      if (tensor.start() instanceof TensorInit.OfWeight start) {
        List<float[]> values =
            made.computeIfAbsent(start.values(), of -> ofWeight(planned.site(), of));
        System.arraycopy(values.get(start.index()), 0, flat, from, count);
      } else if (tensor.start() instanceof TensorInit.OfRounding start) {
        List<float[]> values =
            made.computeIfAbsent(start.values(), of -> ofRounding(planned.site(), of));
        if (values.isEmpty()) {
          fill(flat, from, from + count, name, tensor.shape(), start.otherwise());
        } else {
          System.arraycopy(values.get(start.index()), 0, flat, from, count);
        }
      } else if (tensor.start() instanceof TensorInit.Copied given) {
        given.values().floats(flat, from);
      } else if (tensor.start() instanceof TensorInit.OfBias) {
        System.arraycopy(bias(planned.site()), 0, flat, from, count);
      } else {
        fill(flat, from, from + count, name, tensor.shape(), tensor.start());
      }
    }
  }

  private void fill(float[] flat, int from, int to, String name, Shape shape, TensorInit start) {
    SeededNoise noise = SeededNoise.of(seed, name.hashCode());
    if (start instanceof TensorInit.Constant constant) {
      Arrays.fill(flat, from, to, (float) constant.value());
    } else if (start instanceof TensorInit.Normal normal) {
      for (int i = from; i < to; i++) {
        flat[i] = (float) (noise.gaussian() * normal.deviation());
      }
    } else if (start instanceof TensorInit.Kaiming) {
      uniform(flat, from, to, noise, 1 / Math.sqrt((to - from) / (double) shape.size(0)));
    } else if (start instanceof TensorInit.Uniform uniform) {
      uniform(flat, from, to, noise, uniform.bound());
    } else {
      System.arraycopy(orthogonal(noise, shape), 0, flat, from, to - from);
    }
  }

  private static void uniform(float[] flat, int from, int to, SeededNoise noise, double bound) {
    for (int i = from; i < to; i++) {
      flat[i] = (float) ((noise.uniform() * 2 - 1) * bound);
    }
  }

  /** Q of a random matrix, its columns as rows where there are fewer rows than columns. */
  private float[] orthogonal(SeededNoise noise, Shape shape) {
    long rows = shape.size(0);
    long columns = shape.elements() / rows;
    float[] random = new float[Math.toIntExact(shape.elements())];
    noise.gaussians(random, 0, random.length);
    boolean wide = rows < columns;
    Shape tall = Shape.of(Math.max(rows, columns), Math.min(rows, columns));
    Graph graph = new Graph();
    Expr q = graph.input("random", DType.F32, tall).qr().q();
    try (Scope work = scope.child("orthogonal");
        Program program =
            graph.inference(work, List.of(wide ? q.transpose(0, 1).contiguous() : q))) {
      return program.run(work, Tensor.of(work, tall, random)).get(0).floats();
    }
  }

  private float[] bias(Site site) {
    try (Scope work = scope.child("start")) {
      return base.bias(site).to(work, DType.F32).floats();
    }
  }

  private List<float[]> ofWeight(Site site, Function<Expr, List<Expr>> values) {
    try (Scope work = scope.child("start")) {
      Tensor weight = base.weight(work, site);
      Graph graph = new Graph();
      Expr staged = graph.input("weight", weight.dtype(), site.weight()).to(DType.F32);
      Program program =
          graph.inference(work, values.apply(staged).stream().map(Expr::contiguous).toList());
      return program.run(work, weight).stream().map(Tensor::floats).toList();
    }
  }

  private List<float[]> ofRounding(Site site, Function<Expr, List<Expr>> values) {
    try (Scope work = scope.child("start")) {
      Optional<Tensor> whole = base.unrounded(work, site);
      unrounded |= whole.isEmpty();
      rounded |= whole.isPresent();
      if (whole.isEmpty()) {
        return List.of();
      }
      Tensor before = whole.get();
      Tensor weight = base.weight(work, site);
      Graph graph = new Graph();
      Expr error =
          graph
              .input("before", before.dtype(), site.weight())
              .to(DType.F32)
              .sub(graph.input("rounded", weight.dtype(), site.weight()).to(DType.F32));
      Program program =
          graph.inference(work, values.apply(error).stream().map(Expr::contiguous).toList());
      return program.run(work, before, weight).stream().map(Tensor::floats).toList();
    }
  }
}
