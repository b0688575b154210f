package dev.lora4j.testkit;

import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.training.ProductTraining;
import dev.lora4j.core.adapter.training.SiteDropout;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.TrainedFactors;
import dev.lora4j.core.adapter.training.TrainedTensor;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Norm of a layer's change: as the training computes it, and as its factors make it. */
record ProductNorm(Engine engine, ProductTraining method, SiteRecipe recipe) {
  /** Values of all tensors of a layer, the same each time. */
  Map<String, HostTensor> drawn(Site site) {
    SplittableRandom random = new SplittableRandom(site.name().length());
    Map<String, HostTensor> values = new LinkedHashMap<>();
    for (TrainedTensor tensor : method.tensors(site, recipe)) {
      double[] numbers = new double[Math.toIntExact(tensor.shape().elements())];
      Arrays.setAll(numbers, i -> random.nextDouble(-1, 1));
      values.put(tensor.part(), HostTensor.of(DType.F32, tensor.shape(), numbers));
    }
    return values;
  }

  /** Scaled norm as the training computes it. */
  double told(Site site, Map<String, HostTensor> values) {
    try (Scope work = engine.scope("norm")) {
      Graph graph = new Graph();
      Map<String, Expr> parts = new TreeMap<>();
      values.forEach((part, t) -> parts.put(part, graph.input(part, t.dtype(), t.shape())));
      Expr one = graph.constant(1, DType.F32);
      Expr norm = method.norm(site, new TrainedFactors(parts, one, SiteDropout.NONE));
      List<Tensor> inputs = values.values().stream().map(t -> t.on(work)).toList();
      Tensor told = graph.inference(work, List.of(norm)).run(work, inputs).get(0);
      return Math.abs(method.scale(site, recipe)) * HostTensor.of(told).doubles()[0];
    }
  }

  /** The scaled norm of what an adapter with these values adds to the weight. */
  double changed(Site site, Map<String, HostTensor> values) {
    double squares = 0;
    Map<String, HostTensor> all = new TreeMap<>(method.fixed(site, recipe));
    all.putAll(values);
    for (Factors factors : method.factors(site, recipe, all)) {
      AdditiveMethod stored = Methods.additive(factors.method());
      double scale = stored.scale(factors.structure());
      HostTensor delta = new MethodEffect(engine).staged(factors, (m, f) -> m.delta(site, f));
      squares += Arrays.stream(delta.doubles()).map(v -> scale * v * scale * v).sum();
    }
    return Math.sqrt(squares);
  }
}
