package dev.lora4j.core.mixer;

import dev.lora4j.core.lowrank.SiteListener;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The magnitudes that a share of each adapter's coordinates has or exceeds, over all parameters
 * together. Both passes look at all adapters at once, since a basis may depend on all of them.
 */
final class CoordinateThresholds {
  private final Scope scope;
  private final Mixture mixture;
  private final SiteListener listener;
  private final Coordinates.Basis basis;
  private final Map<MixedParameter.Form, Program> programs = new HashMap<>();

  /** Compiles its programs in {@code scope}, when they are first needed. */
  CoordinateThresholds(
      Scope scope, Mixture mixture, SiteListener listener, Coordinates.Basis basis) {
    this.scope = scope;
    this.mixture = mixture;
    this.listener = listener;
    this.basis = basis;
  }

  /** One for each adapter; 0 where all numbers are kept. */
  double[] of(double density) {
    int adapters = mixture.parts().size();
    double[] thresholds = new double[adapters];
    int[] high = new int[adapters];
    Arrays.fill(high, MagnitudeCounts.ANY);
    long[][] upper = new long[adapters][MagnitudeCounts.UPPER];
    long all = count(high, upper);
    long rank = MagnitudeCounts.rank(density, all);
    if (rank >= all) {
      return thresholds;
    }
    long[][] lower = new long[adapters][MagnitudeCounts.LOWER];
    for (int i = 0; i < adapters; i++) {
      // Where it has no part an adapter's numbers are 0.
      upper[i][0] += all;
      high[i] = MagnitudeCounts.place(upper[i], rank);
    }
    count(high, lower);
    for (int i = 0; i < adapters; i++) {
      if (high[i] == 0) {
        lower[i][0] += all;
      }
      long left = rank - MagnitudeCounts.above(upper[i], high[i]);
      int low = MagnitudeCounts.place(lower[i], left);
      thresholds[i] = MagnitudeCounts.magnitude(high[i], low);
    }
    return thresholds;
  }

  /**
   * Counts the numbers of each adapter.
   *
   * @param upper of each adapter, see {@link MagnitudeCounts#add}
   * @return how many numbers there are
   */
  private long count(int[] upper, long[][] counts) {
    double all = 0;
    int done = 0;
    for (MixedParameter parameter : mixture.parameters()) {
      try (Scope work = scope.child("coordinates")) {
        List<Tensor> out =
            programs
                .computeIfAbsent(parameter.form(), form -> staged(parameter))
                .run(work, StagedDeltas.tensors(work, parameter));
        int parts = parameter.parts().size();
        for (int i = 0; i < parts; i++) {
          int adapter = parameter.parts().get(i).adapter();
          MagnitudeCounts.add(out.get(i), upper[adapter], counts[adapter]);
        }
        all += HostTensor.of(out.get(parts)).doubles()[0];
      }
      listener.done(++done, mixture.parameters().size());
    }
    return Math.round(all);
  }

  private Program staged(MixedParameter like) {
    Graph graph = new Graph();
    StagedDeltas staged = new StagedDeltas(graph, like);
    List<SiteDelta> parts = new ArrayList<>();
    for (int i = 0; i < staged.count(); i++) {
      parts.add(
          staged.change(
              i,
              graph.constant(1, DType.F32),
              CoordinateThresholds::noDraws,
              CoordinateThresholds::noDraws,
              Optional.empty()));
    }
    Coordinates coordinates = basis.of(parts);
    List<Expr> outputs = new ArrayList<>(coordinates.parts());
    outputs.add(coordinates.count());
    return graph.inference(scope, outputs);
  }

  private static Expr noDraws() {
    throw new IllegalStateException("a survey draws nothing");
  }
}
