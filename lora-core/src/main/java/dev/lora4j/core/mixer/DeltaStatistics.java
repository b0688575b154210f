package dev.lora4j.core.mixer;

import dev.lora4j.core.lowrank.SiteListener;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.ShapeOps;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * A survey that passes over the parameters, one of them in memory at a time. A threshold takes two
 * passes, see {@link MagnitudeCounts}.
 */
final class DeltaStatistics implements DeltaSurvey {
  private final Scope scope;
  private final Mixture mixture;
  private final SiteListener listener;
  private final long elements;
  private final Map<Object, Program> programs = new HashMap<>();
  private final Map<Integer, long[]> counts = new HashMap<>();
  private double[][] products = new double[0][];

  /** Compiles its programs in {@code scope}, when they are first needed. */
  DeltaStatistics(Scope scope, Mixture mixture, SiteListener listener) {
    this.scope = scope;
    this.mixture = mixture;
    this.listener = listener;
    this.elements = mixture.parameters().stream().mapToLong(MixedParameter::elements).sum();
  }

  @Override
  public int adapters() {
    return mixture.parts().size();
  }

  @Override
  public String name(int adapter) {
    return mixture.parts().get(adapter).adapter().name();
  }

  @Override
  public double weight(int adapter) {
    return mixture.parts().get(adapter).weight().value();
  }

  @Override
  public SortedMap<String, Double> weights(int adapter) {
    SortedMap<String, Double> weights = new TreeMap<>();
    mixture.parameters().forEach(p -> weights.put(p.name(), mixture.weights(p.site())[adapter]));
    return weights;
  }

  @Override
  public long elements() {
    return elements;
  }

  @Override
  public double threshold(int adapter, double density) {
    long rank = MagnitudeCounts.rank(density, elements);
    if (rank >= elements) {
      return 0;
    }
    long[] upper =
        counts.computeIfAbsent(adapter, a -> count(a, MagnitudeCounts.UPPER, MagnitudeCounts.ANY));
    int high = MagnitudeCounts.place(upper, rank);
    long left = rank - MagnitudeCounts.above(upper, high);
    int low = MagnitudeCounts.place(count(adapter, MagnitudeCounts.LOWER, high), left);
    return MagnitudeCounts.magnitude(high, low);
  }

  @Override
  public double[] thresholds(double density, Coordinates.Basis basis) {
    return new CoordinateThresholds(scope, mixture, listener, basis).of(density);
  }

  /**
   * Numbers of an adapter by the upper bits of their magnitude, or by the lower bits of those with
   * these upper bits.
   */
  private long[] count(int adapter, int places, int upper) {
    long[] sum = new long[places];
    long covered = 0;
    int done = 0;
    for (MixedParameter parameter : mixture.parameters()) {
      for (MixedParameter.Part part : parameter.parts()) {
        if (part.adapter() == adapter) {
          covered += parameter.elements();
          count(parameter.only(part), upper, sum);
        }
      }
      listener.done(++done, mixture.parameters().size());
    }
    if (upper <= 0) {
      // What the adapter does not change is 0.
      sum[0] += elements - covered;
    }
    return sum;
  }

  private void count(MixedParameter one, int upper, long[] sum) {
    RowBlocks blocks = RowBlocks.of(one, scope.engine());
    Program program = program(blocks.like().form(), () -> changing(blocks.like()));
    try (Scope work = scope.child("count")) {
      RowInputs inputs = new RowInputs(work, one);
      List<long[]> counts =
          RowWorkers.each(
              scope.engine(),
              blocks.count(),
              () -> new long[sum.length],
              (counted, block) -> {
                try (Scope part = work.child("block")) {
                  Tensor delta = program.run(part, inputs.block(part, blocks, block)).get(0);
                  MagnitudeCounts.add(delta, upper, counted);
                }
              });
      for (long[] counted : counts) {
        for (int i = 0; i < sum.length; i++) {
          sum[i] += counted[i];
        }
      }
    }
  }

  private Program changing(MixedParameter like) {
    Graph graph = new Graph();
    return graph.inference(scope, List.of(new StagedDeltas(graph, like).delta(0)));
  }

  @Override
  public double product(int a, int b) {
    if (products.length == 0) {
      products = allProducts();
    }
    return products[a][b];
  }

  private double[][] allProducts() {
    double[][] all = new double[adapters()][adapters()];
    int done = 0;
    for (MixedParameter parameter : mixture.parameters()) {
      try (Scope work = scope.child("products")) {
        Program program =
            program(List.of("products", parameter.form()), () -> multiplying(parameter));
        Tensor out = program.run(work, StagedDeltas.tensors(work, parameter)).get(0);
        double[] values = HostTensor.of(out).doubles();
        int at = 0;
        List<MixedParameter.Part> parts = parameter.parts();
        for (int i = 0; i < parts.size(); i++) {
          for (int j = 0; j <= i; j++) {
            int a = parts.get(i).adapter();
            int b = parts.get(j).adapter();
            all[a][b] += values[at++];
            all[b][a] = all[a][b];
          }
        }
      }
      listener.done(++done, mixture.parameters().size());
    }
    return all;
  }

  /** The products of each part with itself and those before it. */
  private Program multiplying(MixedParameter like) {
    Graph graph = new Graph();
    StagedDeltas staged = new StagedDeltas(graph, like);
    List<SiteDelta> deltas = new ArrayList<>();
    for (int i = 0; i < staged.count(); i++) {
      deltas.add(
          staged.change(
              i,
              graph.constant(1, DType.F32),
              DeltaStatistics::noDraws,
              DeltaStatistics::noDraws,
              Optional.empty()));
    }
    List<Expr> values = new ArrayList<>();
    for (int i = 0; i < deltas.size(); i++) {
      for (int j = 0; j <= i; j++) {
        values.add(deltas.get(i).product(deltas.get(j)));
      }
    }
    return graph.inference(scope, List.of(ShapeOps.stack(values, 0)));
  }

  private static Expr noDraws() {
    throw new IllegalStateException("a survey draws nothing");
  }

  private Program program(Object key, Supplier<Program> staged) {
    Program known = programs.get(key);
    if (known == null) {
      known = staged.get();
      programs.put(key, known);
    }
    return known;
  }
}
