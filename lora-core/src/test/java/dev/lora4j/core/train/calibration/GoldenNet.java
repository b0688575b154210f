package dev.lora4j.core.train.calibration;

import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TrainingBatch;
import dev.lora4j.core.train.run.TrainingTask;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * The net of golden/training/calibration.py as a task.
 *
 * @param masked whether a step learns from some places alone
 * @param segments whether parts are computed again for the gradient
 * @param broken numbers of the batches that have a NaN
 * @param rows that batches have of the first sample alone; all of all without it, as 0
 * @param asked numbers of the batches that were asked for
 */
record GoldenNet(
    AdapterPlan plan,
    Map<String, Tensor> weights,
    boolean masked,
    boolean segments,
    Set<Long> broken,
    int rows,
    List<Long> asked)
    implements TrainingTask {
  static final List<String> LAYERS = List.of("q", "k", "v", "o", "up", "down");
  static final int RANK = 4;
  static final double ALPHA = 6;
  private static final int WIDTH = 16;
  private static final int INNER = 20;
  private static final int BATCHES = 6;
  private static final Map<String, HostTensor> GOLDEN = read();

  private static Map<String, HostTensor> read() {
    Path file = Path.of("src/test/resources/dev/lora4j/core/train/calibration.safetensors");
    Map<String, HostTensor> all = new TreeMap<>();
    try (Safetensors opened = Safetensors.open(file)) {
      for (TensorInfo info : opened.tensors().values()) {
        byte[] bytes = opened.bytes(info.name());
        all.put(info.name(), HostTensor.owning(info.dtype(), info.shape(), bytes));
      }
    }
    return all;
  }

  static boolean has(String name) {
    return GOLDEN.containsKey(name);
  }

  static HostTensor golden(String name) {
    return Objects.requireNonNull(GOLDEN.get(name), name);
  }

  static List<Site> sites() {
    return LAYERS.stream()
        .map(n -> Site.linear("net." + n, golden("weights/" + n + ".weight").shape(), false))
        .toList();
  }

  /** LoRA of all layers, of the rank and alpha of the golden numbers. */
  static AdapterRecipe recipe() {
    return AdapterRecipe.DEFAULT.rank(RANK, ALPHA).targets(TargetLayers.matching("net.*"));
  }

  static GoldenNet of(Scope scope, AdapterRecipe recipe) {
    Map<String, Tensor> weights = new TreeMap<>();
    for (String layer : LAYERS) {
      String name = layer + ".weight";
      weights.put(name, golden("weights/" + name).on(scope));
    }
    return new GoldenNet(
        recipe.plan(sites()), weights, false, false, Set.of(), 0, new ArrayList<>());
  }

  GoldenNet planned(AdapterPlan other) {
    return new GoldenNet(other, weights, masked, segments, broken, rows, asked);
  }

  GoldenNet masking() {
    return new GoldenNet(plan, weights, true, segments, broken, rows, asked);
  }

  GoldenNet inSegments() {
    return new GoldenNet(plan, weights, masked, true, broken, rows, asked);
  }

  GoldenNet broken(long batch) {
    return new GoldenNet(plan, weights, masked, segments, Set.of(batch), rows, asked);
  }

  GoldenNet rows(int few) {
    return new GoldenNet(plan, weights, masked, segments, broken, few, asked);
  }

  GoldenNet withZeros(String weight, Scope scope) {
    Map<String, Tensor> others = new TreeMap<>(weights);
    Shape shape = golden("weights/" + weight).shape();
    others.put(weight, Tensor.of(scope, shape, new float[(int) shape.elements()]));
    return new GoldenNet(plan, others, masked, segments, broken, rows, asked);
  }

  @Override
  public DType compute() {
    return DType.F32;
  }

  @Override
  public Expr loss(Staging at) {
    Graph graph = at.graph();
    long any = Shape.UNKNOWN;
    Expr x = graph.input("x", DType.F32, Shape.of(any, any, WIDTH));
    Expr target = graph.input("target", DType.F32, Shape.of(any, any, WIDTH));
    if (masked) {
      at.learnsAt(graph.input("places", DType.I64, Shape.of(any)));
    }
    Weights net = Weights.of(graph, "net", new FrozenWeights(DType.F32, ""), at.adapters());
    Expr y = segments ? graph.checkpoint(() -> List.of(output(net, x))).get(0) : output(net, x);
    return y.sub(target).pow(2).mean();
  }

  private static Expr output(Weights net, Expr x) {
    Expr mixed =
        net.linear("q", x, WIDTH, false)
            .tanh()
            .mul(net.linear("k", x, WIDTH, false).sigmoid())
            .add(net.linear("v", x, WIDTH, false));
    Expr h = net.linear("o", mixed, WIDTH, false).add(x);
    return net.linear("down", net.linear("up", h, INNER, false).tanh(), WIDTH, false);
  }

  @Override
  public Tensor weight(Scope scope, Site site) {
    return held(site.name().substring("net.".length()) + ".weight");
  }

  @Override
  public Tensor held(String name) {
    return Objects.requireNonNull(weights.get(name), name);
  }

  @Override
  public List<TrainingBatch> batches(long first, int count) {
    List<TrainingBatch> all = new ArrayList<>();
    for (long n = first; n < first + count; n++) {
      asked.add(n);
      all.add(new Batch(n, masked, broken.contains(n), rows));
    }
    return all;
  }

  @Override
  public String items() {
    return "rows";
  }

  private record Batch(long number, boolean masked, boolean broken, int rows)
      implements TrainingBatch {
    @Override
    public List<Tensor> inputs(Scope scope) {
      String name = "data/" + number % BATCHES + "/";
      HostTensor x = golden(name + "x");
      if (broken) {
        double[] values = x.doubles();
        values[7] = Double.NaN;
        x = HostTensor.of(DType.F32, x.shape(), values);
      }
      HostTensor target = golden(name + "target");
      if (rows > 0) {
        x = first(x);
        target = first(target);
      }
      List<Tensor> all = new ArrayList<>(List.of(x.on(scope), target.on(scope)));
      if (masked) {
        all.add(golden(name + "places").on(scope));
      }
      return all;
    }

    private HostTensor first(HostTensor whole) {
      double[] part = Arrays.copyOf(whole.doubles(), rows * WIDTH);
      return HostTensor.of(DType.F32, Shape.of(1, rows, WIDTH), part);
    }

    @Override
    public List<String> items() {
      return List.of("rows " + number);
    }
  }
}
