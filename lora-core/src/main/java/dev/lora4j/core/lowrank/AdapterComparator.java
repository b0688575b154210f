package dev.lora4j.core.lowrank;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Compares two adapters site by site. */
final class AdapterComparator {
  /** Directions with less than this share of the greatest singular value are rounding of F16. */
  private static final double DIRECTION = 1e-5;

  private static final Shape MATRICES = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN, Shape.UNKNOWN);

  private record Both(SiteSum a, SiteSum b) {
    Object key() {
      return List.of(a.key(), b.key());
    }

    long elements() {
      return a.elements() + b.elements();
    }
  }

  private final Scope scope;
  private final FactorStacker stacker;
  private final double energy;
  private final SiteListener listener;
  private final Program products;
  private final Program norms;

  /**
   * Stages it.
   *
   * @param energy share of the squares of singular values in the directions whose overlap is
   *     computed; all of them for 1
   */
  AdapterComparator(Scope scope, FactorStacker stacker, double energy, SiteListener listener) {
    this.scope = scope;
    this.stacker = stacker;
    this.energy = energy;
    this.listener = listener;
    this.products = products();
    this.norms = norms();
  }

  Comparison of(SumPlan first, SumPlan second) {
    Map<String, SiteSum> a = byName(first);
    Map<String, SiteSum> b = byName(second);
    List<Both> both = new ArrayList<>();
    List<SiteSum> single = new ArrayList<>();
    TreeSet<String> names = new TreeSet<>(a.keySet());
    names.addAll(b.keySet());
    for (String name : names) {
      if (a.containsKey(name) && b.containsKey(name)) {
        both.add(new Both(a.get(name), b.get(name)));
      } else {
        single.add(a.getOrDefault(name, b.get(name)));
      }
    }
    SortedMap<String, SiteComparison> sites = new TreeMap<>();
    for (List<Both> group : SiteGroups.of(both, Both::key, Both::elements)) {
      compare(group, sites);
      listener.done(sites.size(), names.size());
    }
    for (List<SiteSum> group : SiteGroups.of(single, SiteSum::key, SiteSum::elements)) {
      measure(group, a, sites);
      listener.done(sites.size(), names.size());
    }
    return new Comparison(sites);
  }

  private static Map<String, SiteSum> byName(SumPlan plan) {
    return plan.products().stream().collect(Collectors.toMap(s -> s.site().name(), s -> s));
  }

  private void compare(List<Both> group, Map<String, SiteComparison> sites) {
    try (Scope work = scope.child("compare")) {
      SumBatch a = stacker.batch(work, group.stream().map(Both::a).toList());
      SumBatch b = stacker.batch(work, group.stream().map(Both::b).toList());
      List<double[]> out = run(products, work, a.down(), a.up(), b.down(), b.up());
      for (int i = 0; i < group.size(); i++) {
        SiteSum one = group.get(i).a();
        double shareA = one.share();
        double shareB = group.get(i).b().share();
        double least = Math.min(out.get(3)[i], out.get(4)[i]);
        sites.put(
            one.site().name(),
            new SiteComparison(
                shareA * Math.sqrt(Math.max(0, out.get(0)[i])),
                shareB * Math.sqrt(Math.max(0, out.get(1)[i])),
                shareA * shareB * out.get(2)[i],
                least == 0 ? 0 : out.get(5)[i] / least,
                least == 0 ? 0 : out.get(6)[i] / least));
      }
    }
  }

  private void measure(
      List<SiteSum> group, Map<String, SiteSum> first, Map<String, SiteComparison> sites) {
    try (Scope work = scope.child("measure")) {
      SumBatch batch = stacker.batch(work, group);
      double[] squares = run(norms, work, batch.down(), batch.up()).get(0);
      for (int i = 0; i < squares.length; i++) {
        SiteSum sum = group.get(i);
        double norm = sum.share() * Math.sqrt(Math.max(0, squares[i]));
        boolean inFirst = first.containsKey(sum.site().name());
        sites.put(
            sum.site().name(), new SiteComparison(inFirst ? norm : 0, inFirst ? 0 : norm, 0, 0, 0));
      }
    }
  }

  private static List<double[]> run(Program program, Scope work, Tensor... inputs) {
    return program.run(work, inputs).stream().map(t -> HostTensor.of(t).doubles()).toList();
  }

  /**
   * Outputs by pair: square norms of both, their inner product, numbers of directions of both, and
   * the squares of the products of their left and right singular vectors.
   */
  private Program products() {
    Graph graph = new Graph();
    Expr downA = graph.input("down", DType.F32, MATRICES).to(DType.F64);
    Expr upA = graph.input("up", DType.F32, MATRICES).to(DType.F64);
    Expr downB = graph.input("down", DType.F32, MATRICES).to(DType.F64);
    Expr upB = graph.input("up", DType.F32, MATRICES).to(DType.F64);
    Gram a = Gram.of(downA, upA);
    Gram b = Gram.of(downB, upB);
    Expr ups = upA.transpose(1, 2).matmul(upB);
    Expr downs = downA.matmul(downB.transpose(1, 2));
    Expr maskA = directions(a.sigma());
    Expr maskB = directions(b.sigma());
    Expr left = a.left().transpose(1, 2).matmul(ups).matmul(b.left());
    Expr right = a.right().matmul(downs).matmul(b.right().transpose(1, 2));
    Expr mask = maskA.unsqueeze(-1).mul(maskB.unsqueeze(1));
    Function<Expr, Expr> squares = x -> x.mul(mask).mul(x).sum(1, 2);
    return graph.inference(
        scope,
        List.of(
            norm(downA, upA),
            norm(downB, upB),
            ups.mul(downs).sum(1, 2),
            maskA.sum(1),
            maskB.sum(1),
            squares.apply(left),
            squares.apply(right)));
  }

  private Program norms() {
    Graph graph = new Graph();
    Expr down = graph.input("down", DType.F32, MATRICES).to(DType.F64);
    Expr up = graph.input("up", DType.F32, MATRICES).to(DType.F64);
    return graph.inference(scope, List.of(norm(down, up)));
  }

  /** The sum over {@code (up' up) * (down down')} is the square of the norm of the product. */
  private static Expr norm(Expr down, Expr up) {
    return up.transpose(1, 2).matmul(up).mul(down.matmul(down.transpose(1, 2))).sum(1, 2);
  }

  private Expr directions(Expr sigma) {
    Expr present = sigma.gt(sigma.slice(1, 0, 1).mul(DIRECTION)).to(DType.F64);
    if (energy == 1) {
      return present;
    }
    Expr squares = sigma.mul(sigma);
    Expr before = squares.cumsum(1).sub(squares);
    return before.lt(squares.sum(1).mul(energy)).to(DType.F64).mul(present);
  }
}
