package dev.lora4j.core.mixer;

import dev.lora4j.core.lowrank.SiteListener;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.HostTensor;
import dev.lora4j.core.tensor.Keyword;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Shaping;
import dev.lora4j.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * A survey that passes over the parameters, one of them in memory at a time.
 *
 * <p>Magnitudes of F32 are ordered as their bits are. So one pass counts them by their upper 16
 * bits, a second those that share the upper bits of the one that is looked for by their lower 16
 * bits, and that one is then known exactly.
 */
final class Surveying implements Survey {
  private static final int UPPER = 1 << 15;
  private static final int LOWER = 1 << 16;

  /** What rounding of a share times a count can be. */
  private static final double ROUNDING = 1e-6;

  private final Scope scope;
  private final Mixture mixture;
  private final SiteListener listener;
  private final long elements;
  private final Map<Object, Program> programs = new HashMap<>();
  private final Map<Integer, long[]> counts = new HashMap<>();
  private double[][] products = new double[0][];

  /** Compiles its programs in {@code scope}, when they are first needed. */
  Surveying(Scope scope, Mixture mixture, SiteListener listener) {
    this.scope = scope;
    this.mixture = mixture;
    this.listener = listener;
    this.elements = mixture.parameters().stream().mapToLong(Parameter::elements).sum();
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
    if (!(density >= 0 && density <= 1)) {
      throw new IllegalArgumentException("a density is from 0 to 1, found " + density);
    }
    long rank = Math.max(1, (long) Math.ceil(density * elements - ROUNDING));
    if (rank >= elements) {
      return 0;
    }
    long[] upper = counts.computeIfAbsent(adapter, a -> count(a, UPPER, -1));
    int high = place(upper, rank);
    long above = 0;
    for (int i = high + 1; i < UPPER; i++) {
      above += upper[i];
    }
    int low = place(count(adapter, LOWER, high), rank - above);
    return Float.intBitsToFloat(high << 16 | low);
  }

  /** The place of the count that has the number of a rank, the greatest first. */
  private static int place(long[] counts, long rank) {
    int at = counts.length;
    for (long left = rank; left > 0; ) {
      left -= counts[--at];
    }
    return at;
  }

  /**
   * Numbers of an adapter by the upper bits of their magnitude, or by the lower bits of those with
   * these upper bits.
   */
  private long[] count(int adapter, int places, int upper) {
    long[] sum = new long[places];
    long covered = 0;
    int done = 0;
    for (Parameter parameter : mixture.parameters()) {
      for (Parameter.Part part : parameter.parts()) {
        if (part.adapter() == adapter) {
          covered += parameter.elements();
          RowBlocks.of(parameter.only(part)).forEach(block -> count(block, upper, sum));
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

  private void count(Parameter one, int upper, long[] sum) {
    boolean first = upper < 0;
    try (Scope work = scope.child("count")) {
      Program program =
          program(List.of(first, one.form()), () -> counting(one, first ? UPPER : LOWER));
      List<Tensor> inputs = new ArrayList<>(StagedDeltas.tensors(work, one));
      if (!first) {
        inputs.add(Tensor.ofLongs(work, Shape.of(), upper));
      }
      long[] counted = program.run(work, inputs).get(0).longs();
      for (int i = 0; i < sum.length; i++) {
        sum[i] += counted[i];
      }
    }
  }

  private Program counting(Parameter like, int places) {
    Graph graph = new Graph();
    Expr delta = new StagedDeltas(graph, like).delta(0);
    Expr halves = delta.reshape(-1, 1).reinterpret(DType.I16);
    Expr upper = halves.select(1, 1).bitAnd(Short.MAX_VALUE);
    if (places == LOWER) {
      Expr wanted = graph.input("upper", DType.I64, Shape.of()).to(DType.I16);
      upper = halves.select(1, 0).maskedSelect(upper.eq(wanted)).to(DType.I32).bitAnd(LOWER - 1);
    }
    Expr counts =
        graph.call("bincount", DType.I64, Shape.of(places), upper, Keyword.of("minlength", places));
    return graph.inference(scope, List.of(counts));
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
    for (Parameter parameter : mixture.parameters()) {
      try (Scope work = scope.child("products")) {
        Program program = program(parameter.form(), () -> multiplying(parameter));
        Tensor out = program.run(work, StagedDeltas.tensors(work, parameter)).get(0);
        double[] values = HostTensor.of(out).doubles();
        int at = 0;
        List<Parameter.Part> parts = parameter.parts();
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
  private Program multiplying(Parameter like) {
    Graph graph = new Graph();
    StagedDeltas staged = new StagedDeltas(graph, like);
    List<SiteDelta> deltas = new ArrayList<>();
    for (int i = 0; i < staged.count(); i++) {
      deltas.add(
          staged.change(i, graph.constant(1, DType.F32), Surveying::noDraws, Optional.empty()));
    }
    List<Expr> values = new ArrayList<>();
    for (int i = 0; i < deltas.size(); i++) {
      for (int j = 0; j <= i; j++) {
        values.add(deltas.get(i).product(deltas.get(j)));
      }
    }
    return graph.inference(scope, List.of(Shaping.stack(values, 0)));
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
