package dev.lora4j.core.mix;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerMath;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.mix.SiteParts.Part;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** Runs factors through each of the ways in which they can act, and compares numbers. */
final class Mixing {
  private final Scope scope;
  private final MergedParameter patch;

  Mixing(Scope scope) {
    this.scope = scope;
    this.patch = new MergedParameter(scope);
  }

  /** A parameter of the case's layer in the case's type, with adapters inside it. */
  HostTensor merge(
      MethodCase at,
      LayerParameter target,
      List<Adapter> adapters,
      AdapterOrder order,
      float... weights) {
    return merge(at, at.dtype(), target, adapters, order, weights);
  }

  /** The same where the base, rounded to the case's type, is held in another. */
  HostTensor merge(
      MethodCase at,
      DType held,
      LayerParameter target,
      List<Adapter> adapters,
      AdapterOrder order,
      float... weights) {
    List<Part> parts = SiteParts.of(adapters, at.site().name());
    try (Scope work = scope.child("merge")) {
      Tensor base = at.layer().get(target.parameter()).on(work, at.dtype()).to(work, held);
      List<Part> changing = SiteParts.changing(at.site(), parts, target);
      return HostTensor.of(
          patch.parameter(work, at.site(), target, base, changing, weights, order));
    }
  }

  /** A function of the factors of an additive method, times its scale, in F32. */
  HostTensor additive(Factors factors, BiFunction<AdditiveMethod, StagedFactors, Expr> made) {
    return additive(factors, HostTensor.of(Shape.of(), 0f), (m, f, x) -> made.apply(m, f));
  }

  /** A function of the factors and an input. */
  interface Made {
    Expr of(AdditiveMethod method, StagedFactors factors, Expr x);
  }

  HostTensor additive(Factors factors, HostTensor x, Made made) {
    AdditiveMethod method = Methods.additive(factors.method());
    try (Scope work = scope.child("additive")) {
      Graph graph = new Graph();
      Expr input = graph.input("x", x.dtype(), x.shape());
      StagedFactors staged = StagedFactors.inputs(graph, factors.structure(), DType.F32);
      Expr result = made.of(method, staged, input).mul(method.scale(factors.structure()));
      List<Tensor> inputs = new ArrayList<>(List.of(x.on(work)));
      inputs.addAll(StagedFactors.tensors(work, factors));
      return HostTensor.of(graph.inference(work, List.of(result)).run(work, inputs).get(0));
    }
  }

  /** The layer's output in F32. */
  HostTensor layer(Site site, HostTensor x, HostTensor weight, List<HostTensor> bias) {
    try (Scope work = scope.child("layer")) {
      Graph graph = new Graph();
      Expr input = graph.input("x", x.dtype(), x.shape());
      Expr w = graph.input("weight", DType.F32, weight.shape());
      Expr y = LayerMath.apply(site, input, w);
      List<Tensor> inputs = new ArrayList<>(List.of(x.on(work), weight.on(work, DType.F32)));
      if (!bias.isEmpty()) {
        Expr b = graph.input("bias", DType.F32, bias.get(0).shape());
        y = y.add(LayerMath.perChannel(site, b.reshape(1, site.out()), y));
        inputs.add(bias.get(0).on(work, DType.F32));
      }
      return HostTensor.of(graph.inference(work, List.of(y)).run(work, inputs).get(0));
    }
  }

  /** The values as the case's type holds them. */
  static double[] rounded(Scope scope, HostTensor values, DType type) {
    try (Scope work = scope.child("rounded")) {
      return HostTensor.of(values.on(work, type)).doubles();
    }
  }

  /** Relative Frobenius error. */
  static double error(double[] found, double[] truth) {
    double difference = 0;
    double whole = 0;
    for (int i = 0; i < truth.length; i++) {
      difference += (found[i] - truth[i]) * (found[i] - truth[i]);
      whole += truth[i] * truth[i];
    }
    return Math.sqrt(difference / whole);
  }

  static double[] sum(double[] a, double[] b) {
    double[] sum = a.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += b[i];
    }
    return sum;
  }

  static double[] difference(double[] a, double[] b) {
    double[] difference = a.clone();
    for (int i = 0; i < difference.length; i++) {
      difference[i] -= b[i];
    }
    return difference;
  }
}
