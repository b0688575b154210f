package dev.lora4j.core.train.run;

import dev.lora4j.core.adapter.training.TrainableMethods;
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
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.optimizer.Optimizers;
import dev.lora4j.core.train.schedule.Constant;
import dev.lora4j.core.train.schedule.RateSchedule;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** A layer of zeros that is to turn rows of numbers round: it becomes a matrix of full rank. */
record TurnedLayer(AdapterPlan plan, Tensor weight, List<TrainingBatch> heldOut)
    implements TrainingTask {
  static final String SITE = "toy.only";
  static final int WIDTH = 96;
  private static final int ROWS = 64;

  static TurnedLayer of(Scope scope, String method, int rank, Map<String, Object> settings) {
    Shape square = Shape.of(WIDTH, WIDTH);
    AdapterPlan plan =
        AdapterRecipe.DEFAULT
            .method(TrainableMethods.named(method, settings))
            .targets(TargetLayers.matching("toy.*"))
            .rank(rank, rank)
            .plan(List.of(Site.linear(SITE, square, false)));
    return new TurnedLayer(plan, Tensor.of(scope, square, new float[WIDTH * WIDTH]), List.of());
  }

  /** The same with a weight other than zeros. */
  TurnedLayer around(Tensor other) {
    return new TurnedLayer(plan, other, heldOut);
  }

  /** The same with a batch for validation, which wants a share of what is trained. */
  TurnedLayer validated(double share) {
    return new TurnedLayer(plan, weight, List.of(new Turned(-1, share)));
  }

  /** A rate at which so few steps learn something, F32 factors, and a constant schedule. */
  static TrainingSettings settings(String optimizer, int steps) {
    double rate =
        switch (optimizer) {
          case "prodigy" -> 1;
          case "lion", "lion8bit" -> 0.01;
          default -> 0.02;
        };
    Map<String, Object> own = optimizer.equals("prodigy") ? Map.of("d0", 1e-3) : Map.of();
    return TrainingSettings.of(
            Optimizers.named(optimizer, own), rate, RateSchedule.of(new Constant(), steps))
        .withSeed(3)
        .withStored(DType.F32);
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
    Weights layers = Weights.of(at.graph(), "toy", new FrozenWeights(DType.F32, ""), at.adapters());
    return layers.linear("only", x, WIDTH, false).sub(target).pow(2).mean();
  }

  @Override
  public Tensor weight(Scope scope, Site site) {
    return weight;
  }

  @Override
  public Tensor held(String name) {
    return weight;
  }

  @Override
  public List<TrainingBatch> batches(long first, int count) {
    return LongStream.range(first, first + count)
        .<TrainingBatch>mapToObj(n -> new Turned(n, 1))
        .toList();
  }

  @Override
  public String items() {
    return "lines";
  }

  @Override
  public boolean denoises() {
    return true;
  }

  /** Rows whose numbers are to be turned round; each is another way from noise. */
  private record Turned(long number, double share) implements TrainingBatch {
    @Override
    public List<Tensor> inputs(Scope scope) {
      SeededNoise noise = SeededNoise.of(number);
      float[] x = new float[ROWS * WIDTH];
      float[] target = new float[x.length];
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) noise.gaussian();
      }
      for (int i = 0; i < x.length; i++) {
        int column = i % WIDTH;
        target[i] = (float) share * x[i - column + WIDTH - 1 - column];
      }
      Shape shape = Shape.of(ROWS, WIDTH);
      return List.of(Tensor.of(scope, shape, x), Tensor.of(scope, shape, target));
    }

    @Override
    public List<Double> progress() {
      return IntStream.range(0, ROWS).mapToObj(i -> i / (double) ROWS).toList();
    }

    @Override
    public List<String> items() {
      return List.of("line " + number);
    }
  }
}
