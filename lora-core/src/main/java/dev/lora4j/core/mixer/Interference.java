package dev.lora4j.core.mixer;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.lowrank.Comparison;
import dev.lora4j.core.lowrank.LowRankAlgebra;
import dev.lora4j.core.lowrank.SiteComparison;
import dev.lora4j.core.lowrank.SiteListener;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.nn.Site;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** Interference of weighted adapters: the layers that it occurs at, and its kinds. */
public final class Interference {
  /**
   * Two adapters, by their places in the plan, the first the lesser.
   *
   * @param first place of one
   * @param second place of the other
   */
  public record Pair(int first, int second) {}

  /**
   * Share of the squares of singular values that counts; a change of full rank has all directions.
   */
  private static final double ENERGY = 0.9;

  private final Scope scope;
  private final Map<String, Site> sites;
  private SiteListener listener = SiteListener.NONE;

  /**
   * Computes in {@code scope}, in which nothing stays.
   *
   * @param sites the layers of the base by name
   */
  public Interference(Scope scope, Map<String, Site> sites) {
    this.scope = scope;
    this.sites = Map.copyOf(sites);
  }

  /** Sets the listener for the number of pairs done. */
  public Interference listener(SiteListener other) {
    listener = other;
    return this;
  }

  /**
   * Overlap of each two of a plan's adapters, at each layer whose weight both change.
   *
   * @return by pair, and by the layer's name
   * @throws AdapterException if a method has no change of its own, a layer is unknown, or a weight
   *     depends on the step or the place
   */
  public Map<Pair, SortedMap<String, PairOverlap>> of(MixPlan plan) {
    Mixture mixture = Mixture.of("the comparison", plan, sites);
    if (mixture.parts().size() < plan.parts().size()) {
      throw new AdapterException("An adapter whose weight is 0 meets no other; leave it away.");
    }
    Map<Pair, SortedMap<String, double[]>> numbers = new LinkedHashMap<>();
    try (Scope work = scope.child("interference")) {
      Map<MixedParameter.Form, Program> programs = new HashMap<>();
      for (MixedParameter parameter : mixture.parameters()) {
        if (parameter.target() == LayerParameter.WEIGHT
            && parameter.matrix()
            && parameter.parts().size() > 1) {
          measure(work, programs, parameter, numbers);
        }
      }
      return meetings(work, plan.adapters(), numbers);
    }
  }

  /**
   * The overlaps of each group of layers together, for example of each block.
   *
   * @param overlaps as {@link #of} returns them
   * @param group of a layer's name; a layer without one is left out
   */
  public static <K extends Comparable<K>> Map<Pair, SortedMap<K, PairOverlap>> by(
      Map<Pair, SortedMap<String, PairOverlap>> overlaps, Function<String, Optional<K>> group) {
    Map<Pair, SortedMap<K, PairOverlap>> all = new LinkedHashMap<>();
    overlaps.forEach(
        (pair, bySite) -> {
          SortedMap<K, List<PairOverlap>> grouped = new TreeMap<>();
          bySite.forEach(
              (site, overlap) ->
                  group
                      .apply(site)
                      .ifPresent(
                          k -> grouped.computeIfAbsent(k, g -> new ArrayList<>()).add(overlap)));
          SortedMap<K, PairOverlap> byGroup = new TreeMap<>();
          grouped.forEach((k, some) -> byGroup.put(k, PairOverlap.of(some)));
          all.put(pair, byGroup);
        });
    return all;
  }

  private static void measure(
      Scope work,
      Map<MixedParameter.Form, Program> programs,
      MixedParameter parameter,
      Map<Pair, SortedMap<String, double[]>> numbers) {
    double[] values;
    try (Scope once = work.child("layer")) {
      Program program = programs.computeIfAbsent(parameter.form(), f -> staged(work, parameter));
      List<Tensor> inputs = StagedDeltas.tensors(once, parameter);
      values = HostTensor.of(program.run(once, inputs).get(0)).doubles();
    }
    List<MixedParameter.Part> parts = parameter.parts();
    int at = 0;
    for (int j = 0; j < parts.size(); j++) {
      for (int i = 0; i < j; i++) {
        MixedParameter.Part a = parts.get(i);
        MixedParameter.Part b = parts.get(j);
        double sign = Math.signum(a.weight() * b.weight());
        double size = Math.abs(a.weight() * b.weight());
        numbers
            .computeIfAbsent(new Pair(a.adapter(), b.adapter()), p -> new TreeMap<>())
            .put(
                parameter.site().name(),
                new double[] {
                  values[at] * size, values[at + 1] * size * sign, a.weight(), b.weight()
                });
        at += 2;
      }
    }
  }

  /**
   * For each two parts, the sum of the magnitudes of their products and the sum of the products.
   */
  private static Program staged(Scope scope, MixedParameter like) {
    Graph graph = new Graph();
    StagedDeltas deltas = new StagedDeltas(graph, like);
    List<Expr> sums = new ArrayList<>();
    for (int j = 0; j < deltas.count(); j++) {
      for (int i = 0; i < j; i++) {
        Expr product = deltas.delta(i).mul(deltas.delta(j));
        // Rows first: a layer has millions of numbers, and F32 would lose what they add up to.
        sums.add(product.abs().sum(1).to(DType.F64).sum());
        sums.add(product.sum(1).to(DType.F64).sum());
      }
    }
    return graph.inference(scope, List.of(ShapeOps.stack(sums, 0)));
  }

  private Map<Pair, SortedMap<String, PairOverlap>> meetings(
      Scope work, List<Adapter> adapters, Map<Pair, SortedMap<String, double[]>> numbers) {
    Map<Pair, SortedMap<String, PairOverlap>> all = new LinkedHashMap<>();
    LowRankAlgebra algebra = new LowRankAlgebra(work, sites);
    int done = 0;
    for (int j = 0; j < adapters.size(); j++) {
      for (int i = 0; i < j; i++) {
        Pair pair = new Pair(i, j);
        SortedMap<String, double[]> measured = numbers.getOrDefault(pair, new TreeMap<>());
        SortedMap<String, PairOverlap> meetings = new TreeMap<>();
        if (!measured.isEmpty()) {
          Comparison compared = algebra.compare(adapters.get(i), adapters.get(j), ENERGY);
          compared
              .sites()
              .forEach(
                  (site, own) ->
                      Optional.ofNullable(measured.get(site))
                          .ifPresent(n -> meetings.put(site, meeting(own, n))));
        }
        all.put(pair, meetings);
        listener.done(++done, adapters.size() * (adapters.size() - 1) / 2);
      }
    }
    return all;
  }

  private static PairOverlap meeting(SiteComparison compared, double... n) {
    return new PairOverlap(
        compared.normA() * Math.abs(n[2]),
        compared.normB() * Math.abs(n[3]),
        n[1],
        n[0],
        (compared.overlapOut() + compared.overlapIn()) / 2);
  }
}
