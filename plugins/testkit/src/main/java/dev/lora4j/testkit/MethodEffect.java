package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerMath;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.adapter.TransformMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;

/** Effect of factors on a layer, computed as the host does it: in F32, by a staged program. */
record MethodEffect(Engine engine) {
  /** Parameters of a layer after a change at a strength. */
  Map<LayerParameter, HostTensor> changed(SyntheticLayer layer, Factors factors, float strength) {
    return changed(layer, factors.structure(), factors, strength);
  }

  /** The same by the program for other factors, which has to serve these. */
  Map<LayerParameter, HostTensor> changed(
      SyntheticLayer layer, FactorStructure stagedFor, Factors factors, float strength) {
    Map<LayerParameter, HostTensor> changed = new TreeMap<>();
    for (LayerParameter target : LayerParameter.values()) {
      if (layer.has(target) && acts(factors, target)) {
        changed.put(target, changed(layer, target, stagedFor, factors, strength));
      }
    }
    return changed;
  }

  private static boolean acts(Factors factors, LayerParameter target) {
    AdapterMethod method = Methods.named(factors.method());
    if (method instanceof AdditiveMethod sum) {
      return sum.target(factors.structure()) == target;
    }
    return target == LayerParameter.WEIGHT
        || (method instanceof TransformMethod t && t.changesBias(factors.structure()));
  }

  private HostTensor changed(
      SyntheticLayer layer,
      LayerParameter target,
      FactorStructure stagedFor,
      Factors factors,
      float strength) {
    AdapterMethod method = Methods.named(factors.method());
    double scale = method instanceof AdditiveMethod sum ? sum.scale(factors.structure()) : 1;
    try (Scope work = engine.scope("effect")) {
      Graph graph = new Graph();
      Expr base = graph.input("base", DType.F32, layer.shape(target));
      StagedFactors staged = StagedFactors.inputs(graph, stagedFor, DType.F32);
      Expr amount = graph.input("amount", DType.F32, Shape.of());
      Expr made = made(method, layer.site(), target, base, staged, amount);
      assertEquals(DType.F32, made.dtype(), "the new " + target);
      assertEquals(layer.shape(target), made.shape(), "the new " + target);
      List<Tensor> inputs = new ArrayList<>(List.of(layer.parameter(target).on(work)));
      inputs.addAll(StagedFactors.tensors(work, factors));
      inputs.add(Tensor.scalar(work, (float) (strength * scale)));
      return HostTensor.of(graph.inference(work, List.of(made)).run(work, inputs).get(0));
    }
  }

  private static Expr made(
      AdapterMethod method,
      Site site,
      LayerParameter target,
      Expr base,
      StagedFactors staged,
      Expr amount) {
    if (method instanceof AdditiveMethod sum) {
      Expr delta = sum.delta(site, staged);
      assertEquals(base.shape(), delta.shape(), "the delta");
      return base.add(delta.mul(amount));
    }
    if (method instanceof TransformMethod transform) {
      return target == LayerParameter.WEIGHT
          ? transform.transform(site, base, staged, amount)
          : transform.transformBias(site, base, staged, amount);
    }
    throw new AssertionError(method.name() + " is neither additive nor a transform");
  }

  /** Result of an additive method's program, in F32. */
  HostTensor staged(Factors factors, BiFunction<AdditiveMethod, StagedFactors, Expr> made) {
    AdditiveMethod method = Methods.additive(factors.method());
    try (Scope work = engine.scope("staged")) {
      Graph graph = new Graph();
      StagedFactors staged = StagedFactors.inputs(graph, factors.structure(), DType.F32);
      Expr result = made.apply(method, staged);
      List<Tensor> inputs = StagedFactors.tensors(work, factors);
      return HostTensor.of(graph.inference(work, List.of(result)).run(work, inputs).get(0));
    }
  }

  /** Addition of an additive method to a layer's output, unmerged and by its delta. */
  List<HostTensor> besideAndInside(SyntheticLayer layer, Factors factors) {
    AdditiveMethod method = Methods.additive(factors.method());
    Site site = layer.site();
    HostTensor in = layer.input();
    try (Scope work = engine.scope("beside")) {
      Graph graph = new Graph();
      Expr x = graph.input("x", in.dtype(), in.shape());
      StagedFactors staged = StagedFactors.inputs(graph, factors.structure(), DType.F32);
      Expr beside = method.unmerged(site, x, staged);
      Expr inside = LayerMath.apply(site, x, method.delta(site, staged));
      List<Tensor> inputs = new ArrayList<>(List.of(in.on(work)));
      inputs.addAll(StagedFactors.tensors(work, factors));
      return graph.inference(work, List.of(beside, inside)).run(work, inputs).stream()
          .map(HostTensor::of)
          .toList();
    }
  }

  /** All of it times a number. */
  static HostTensor times(HostTensor tensor, double factor) {
    double[] values = tensor.doubles();
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
    return HostTensor.of(tensor.dtype(), tensor.shape(), values);
  }

  /** Greatest difference of two of a shape, as a share of the greatest number of the first. */
  static double distance(HostTensor one, HostTensor other) {
    assertEquals(one.shape(), other.shape());
    double[] a = one.doubles();
    double[] b = other.doubles();
    double most = 0;
    double scale = 1e-30;
    for (int i = 0; i < a.length; i++) {
      most = Math.max(most, Math.abs(a[i] - b[i]));
      scale = Math.max(scale, Math.abs(a[i]));
    }
    return most / scale;
  }
}
