package dev.lora4j.core.train.run;

import dev.lora4j.core.adapter.lora.LoraTraining;
import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.Dropouts;
import dev.lora4j.core.train.adapter.TargetLayers;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Two linear layers that are to give a multiple of their input: the first weight is the identity,
 * the second is zero.
 *
 * @param weights by name
 * @param factor what the output shall be of the input
 * @param broken numbers of the batches that have a NaN
 * @param heldOut batches for validation
 * @param weightsMemory bytes for weights at a time, if they do not all stay
 */
record TwoLayers(
    AdapterPlan plan,
    Map<String, Tensor> weights,
    float factor,
    Set<Long> broken,
    List<TrainingBatch> heldOut,
    OptionalLong weightsMemory)
    implements TrainingTask {
  static final int WIDTH = 4;
  private static final int ROWS = 3;
  private static final Shape SQUARE = Shape.of(WIDTH, WIDTH);

  static TwoLayers of(Scope scope, float factor) {
    return of(scope, factor, 2);
  }

  static TwoLayers of(Scope scope, float factor, double alpha) {
    List<Site> sites =
        List.of(Site.linear("toy.first", SQUARE, false), Site.linear("toy.second", SQUARE, false));
    AdapterPlan plan =
        AdapterRecipe.DEFAULT
            .method(new LoraTraining())
            .targets(TargetLayers.matching("toy.*"))
            .rank(2, alpha)
            .dropouts(new Dropouts(0.1, 0, 0, 0))
            .plan(sites);
    float[] identity = new float[WIDTH * WIDTH];
    for (int i = 0; i < WIDTH; i++) {
      identity[i * WIDTH + i] = 1;
    }
    Map<String, Tensor> weights =
        Map.of(
            "first.weight", Tensor.of(scope, SQUARE, identity),
            "second.weight", Tensor.of(scope, SQUARE, new float[WIDTH * WIDTH]));
    return new TwoLayers(plan, weights, factor, Set.of(), List.of(), OptionalLong.empty());
  }

  TwoLayers broken(Set<Long> numbers) {
    return new TwoLayers(plan, weights, factor, numbers, heldOut, weightsMemory);
  }

  TwoLayers holdingOut(TrainingBatch... batches) {
    return new TwoLayers(plan, weights, factor, broken, List.of(batches), weightsMemory);
  }

  TwoLayers within(long bytes) {
    return new TwoLayers(plan, weights, factor, broken, heldOut, OptionalLong.of(bytes));
  }

  @Override
  public DType compute() {
    return DType.F32;
  }

  @Override
  public Expr loss(Staging at) {
    Shape rows = Shape.of(Shape.UNKNOWN, WIDTH);
    Expr x = at.graph().input("x", DType.F32, rows);
    Expr target = at.graph().input("target", DType.F32, rows);
    FrozenWeights frozen = new FrozenWeights(DType.F32, "");
    Weights layers = Weights.of(at.graph(), "toy", frozen, at.adapters());
    Expr h = layers.linear("first", x, WIDTH, false);
    Expr y = layers.linear("second", h, WIDTH, false);
    return y.sub(target).pow(2).mean();
  }

  @Override
  public Tensor weight(Scope scope, Site site) {
    return held(site.name().substring("toy.".length()) + ".weight");
  }

  @Override
  public Tensor held(String name) {
    return Objects.requireNonNull(weights.get(name), name);
  }

  @Override
  public List<TrainingBatch> batches(long first, int count) {
    return LongStream.range(first, first + count)
        .<TrainingBatch>mapToObj(n -> new Rows(n, factor, broken.contains(n), 1))
        .toList();
  }

  @Override
  public String items() {
    return "lines";
  }

  @Override
  public Map<String, String> metadata(int steps) {
    return Map.of("factor", Float.toString(factor));
  }

  /**
   * Rows drawn by a number.
   *
   * @param broken whether one of them is not a number
   */
  record Rows(long number, float factor, boolean broken, double weight) implements TrainingBatch {
    @Override
    public List<Tensor> inputs(Scope scope) {
      SeededNoise noise = SeededNoise.of(number);
      float[] x = new float[ROWS * WIDTH];
      float[] target = new float[x.length];
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) noise.gaussian();
        target[i] = factor * x[i];
      }
      x[1] = broken ? Float.NaN : x[1];
      Shape shape = Shape.of(ROWS, WIDTH);
      return List.of(Tensor.of(scope, shape, x), Tensor.of(scope, shape, target));
    }

    @Override
    public List<String> items() {
      return List.of("text.txt:" + number);
    }
  }
}
