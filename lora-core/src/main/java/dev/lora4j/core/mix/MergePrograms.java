package dev.lora4j.core.mix;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.RoutedMethod;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.adapter.TransformMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.ShapeOps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Programs that merge adapters into parameters, each compiled at its first use. Sites of the same
 * shape share them, for any values, ranks and scales of factors and any weights of adapters.
 */
final class MergePrograms {
  private static final Shape MATRIX = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN);
  private static final Site ANYWHERE = Site.linear("", Shape.of(1, 1), false);

  private record Key(Object kind, Site site, Object detail) {}

  private final Scope scope;
  private final Map<Key, Program> made = new ConcurrentHashMap<>();
  private final Map<DType, RowPrograms> rows = new ConcurrentHashMap<>();

  MergePrograms(Scope scope) {
    this.scope = scope;
  }

  /** Programs for the factors of rows, in a type. */
  RowPrograms rows(DType type) {
    return rows.computeIfAbsent(type, t -> new RowPrograms(scope, t));
  }

  /**
   * Inputs: the factors. Outputs: the two factors of their low-rank form, F32, down flattened to
   * [rank, rest] and up to [out, rank].
   */
  Program lowRank(Site site, FactorStructure structure) {
    return made.computeIfAbsent(
        new Key("lowRank", general(site), form(structure)),
        key -> {
          Graph graph = new Graph();
          StagedFactors factors = StagedFactors.inputs(graph, structure, DType.F32);
          LowRank pair =
              Methods.named(structure.method()) instanceof RoutedMethod routed
                  ? routed.lowRank(site, factors)
                  : Methods.additive(structure.method()).lowRank(site, factors);
          Expr down = pair.down().reshape(pair.down().dim(0), Dim.of(-1));
          Expr up = pair.up().reshape(pair.up().dim(0), Dim.of(-1));
          return graph.inference(scope, List.of(down, up));
        });
  }

  /**
   * Inputs: the weight so far, F32; for each of {@code count} products down [rank, rest] and up
   * [out, rank]; amounts F32 [count]. Output: the weight and the sum of all products times their
   * amounts.
   */
  Program products(Shape weight, int count) {
    return made.computeIfAbsent(
        new Key("products", Site.linear("", weight, false), count),
        key -> {
          Graph graph = new Graph();
          Expr sum = graph.input("weight", DType.F32, weight);
          return graph.inference(scope, List.of(plusProducts(graph, sum, count, "addmm")));
        });
  }

  /**
   * {@link #products} of a weight in its stored type, rounded to it once. Outputs: the new weight,
   * and whether it is finite.
   */
  Program roundedProducts(Shape weight, DType stored, int count) {
    return made.computeIfAbsent(
        new Key("roundedProducts", Site.linear("", weight, false), List.of(stored, count)),
        key -> {
          Graph graph = new Graph();
          Expr base = graph.input("weight", stored, weight);
          // A weight that was converted is nobody else's and may be added to where it lies.
          String operator = stored == DType.F32 ? "addmm" : "addmm_";
          Expr rounded = plusProducts(graph, base.to(DType.F32), count, operator).to(stored);
          return graph.inference(scope, List.of(rounded, finite(rounded)));
        });
  }

  /*
   * One operator forms the sum where the result lies. A weight is large and factors are not, so
   * what this takes is memory traffic.
   */
  private static Expr plusProducts(Graph graph, Expr sum, int count, String operator) {
    Shape weight = sum.shape();
    List<Expr> downs = new ArrayList<>();
    List<Expr> ups = new ArrayList<>();
    long out = weight.size(0);
    long rest = weight.elements() / out;
    for (int i = 0; i < count; i++) {
      downs.add(graph.input("down" + i, DType.F32, Shape.of(Shape.UNKNOWN, rest)));
      ups.add(graph.input("up" + i, DType.F32, Shape.of(out, Shape.UNKNOWN)));
    }
    Expr amounts = graph.input("amounts", DType.F32, Shape.of(count));
    for (int i = 0; i < count; i++) {
      ups.set(i, ups.get(i).mul(amounts.slice(0, i, i + 1)));
    }
    Expr down = ShapeOps.cat(downs, 0);
    Expr up = ShapeOps.cat(ups, 1);
    return graph
        .call(operator, DType.F32, Shape.of(out, rest), sum.reshape(out, rest), up, down)
        .reshape(weight.sizes());
  }

  /** Test for finite numbers by minimum and maximum, which are NaN if any number is. */
  private static Expr finite(Expr x) {
    Graph.Result extreme = new Graph.Result(x.dtype(), Shape.of());
    List<Expr> both = x.graph().call("aminmax", List.of(extreme, extreme), x);
    return both.get(0).isFinite().and(both.get(1).isFinite());
  }

  /**
   * Inputs: for each of {@code count} products down and up as from {@link #lowRank}. Outputs: all,
   * in {@code type}.
   */
  Program stack(Site site, int count, DType type) {
    return made.computeIfAbsent(
        new Key("stack", general(site), List.of(count, type)),
        key -> {
          Graph graph = new Graph();
          List<Expr> downs = new ArrayList<>();
          List<Expr> ups = new ArrayList<>();
          for (int i = 0; i < count; i++) {
            downs.add(graph.input("down" + i, DType.F32, Shape.of(Shape.UNKNOWN, site.rest())));
            ups.add(graph.input("up" + i, DType.F32, Shape.of(site.out(), Shape.UNKNOWN)));
          }
          Expr down = ShapeOps.cat(downs, 0).reshape(site.weight().with(0, -1).sizes());
          Expr up = ShapeOps.cat(ups, 1);
          for (int d = 2; d < site.weight().rank(); d++) {
            up = up.unsqueeze(-1);
          }
          return graph.inference(scope, List.of(down.to(type), up.to(type)));
        });
  }

  /**
   * Inputs: the parameter so far, F32; the factors; the amount, F32 [1]. Output: the parameter with
   * the amount of the method's delta added.
   */
  Program added(Site site, LayerParameter target, FactorStructure structure) {
    return made.computeIfAbsent(
        new Key("added", general(site), form(structure)),
        key -> {
          Graph graph = new Graph();
          AdditiveMethod method = Methods.additive(structure.method());
          Expr sum = graph.input("sum", DType.F32, shape(site, target));
          StagedFactors factors = StagedFactors.inputs(graph, structure, DType.F32);
          Expr amount = graph.input("amount", DType.F32, Shape.of(1));
          Expr change = method.delta(site, factors).mul(amount);
          return graph.inference(scope, List.of(sum.add(change)));
        });
  }

  /**
   * Inputs: the parameter so far, F32; in the order {@link AdapterOrder#FROM_BASE} the base's
   * parameter, F32; the factors; the strength, F32 [1]. Output: the parameter after the method
   * acted.
   */
  Program transformed(
      Site site, LayerParameter target, FactorStructure structure, AdapterOrder order) {
    return made.computeIfAbsent(
        new Key(target, general(site), List.of(form(structure), order)),
        key -> {
          Graph graph = new Graph();
          AdapterMethod method = Methods.named(structure.method());
          Expr sum = graph.input("sum", DType.F32, shape(site, target));
          Expr ground =
              order == AdapterOrder.IN_TURN
                  ? sum
                  : graph.input("base", DType.F32, shape(site, target));
          StagedFactors factors = StagedFactors.inputs(graph, structure, DType.F32);
          Expr amount = graph.input("strength", DType.F32, Shape.of(1));
          Expr strength = amount.reshape(new long[0]);
          Expr changed = transformed(site, target, method, factors, ground, strength);
          Expr result = order == AdapterOrder.IN_TURN ? changed : sum.add(changed.sub(ground));
          return graph.inference(scope, List.of(result));
        });
  }

  private static Expr transformed(
      Site site,
      LayerParameter target,
      AdapterMethod method,
      StagedFactors factors,
      Expr ground,
      Expr strength) {
    if (method instanceof TransformMethod transform) {
      return target == LayerParameter.WEIGHT
          ? transform.transform(site, ground, factors, strength)
          : transform.transformBias(site, ground, factors, strength);
    }
    throw new AdapterException(
        "The method " + method.name() + " has neither a delta nor a transform to patch with.");
  }

  /** Inputs: a matrix and vectors in columns, F32. Output: their product. */
  Program product() {
    return made.computeIfAbsent(
        new Key("product", ANYWHERE, ""),
        key -> {
          Graph graph = new Graph();
          Expr weight = graph.input("weight", DType.F32, MATRIX);
          Expr x = graph.input("x", DType.F32, MATRIX);
          return graph.inference(scope, List.of(weight.matmul(x)));
        });
  }

  /** Inputs: a matrix, x and y, F32. Output: y and the product of matrix and x. */
  Program plusProduct() {
    return made.computeIfAbsent(
        new Key("plusProduct", ANYWHERE, ""),
        key -> {
          Graph graph = new Graph();
          Expr weight = graph.input("weight", DType.F32, MATRIX);
          Expr x = graph.input("x", DType.F32, MATRIX);
          Expr y = graph.input("y", DType.F32, MATRIX);
          return graph.inference(scope, List.of(y.add(weight.matmul(x))));
        });
  }

  /** Inputs: down, up, x, y, amount, F32. Output: y and the amount of up * (down * x). */
  Program besides() {
    return made.computeIfAbsent(
        new Key("besides", ANYWHERE, ""),
        key -> {
          Graph graph = new Graph();
          Expr down = graph.input("down", DType.F32, MATRIX);
          Expr up = graph.input("up", DType.F32, MATRIX);
          Expr x = graph.input("x", DType.F32, MATRIX);
          Expr y = graph.input("y", DType.F32, MATRIX);
          Expr amount = graph.input("amount", DType.F32, Shape.of(1));
          return graph.inference(scope, List.of(y.add(up.matmul(down.matmul(x)).mul(amount))));
        });
  }

  /** Input: a parameter, F32. Outputs: it in {@code type}, and whether that is finite. */
  Program rounded(Shape shape, DType type) {
    return made.computeIfAbsent(
        new Key("rounded", Site.linear("", shape, false), type),
        key -> {
          Graph graph = new Graph();
          Expr rounded = graph.input("sum", DType.F32, shape).to(type);
          return graph.inference(scope, List.of(rounded, finite(rounded)));
        });
  }

  private static Shape shape(Site site, LayerParameter target) {
    return target == LayerParameter.WEIGHT ? site.weight() : Shape.of(site.out());
  }

  /** Canonical site with the properties that its weight depends on. */
  private static Site general(Site site) {
    return new Site("", site.kind(), site.weight(), false, 1, 0, 1, site.groups());
  }

  private static FactorStructure form(FactorStructure structure) {
    return Methods.named(structure.method()).form(structure);
  }
}
