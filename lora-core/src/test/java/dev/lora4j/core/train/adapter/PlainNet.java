package dev.lora4j.core.train.adapter;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.mix.BatchMix;
import dev.lora4j.core.mix.MergedParameter;
import dev.lora4j.core.mix.MergedSites;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.mix.UnmergedAdapters;
import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.nn.StoredWeight;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@link SmallNet} without anything beside its weights. */
final class PlainNet {
  private final Scope scope;
  private final Program program;
  private final WeightStore store;
  private final MergedParameter patch;
  private final double[] base;

  PlainNet(Scope owner) {
    scope = owner.child("plain");
    Graph graph = new Graph();
    Expr x = graph.input("x", DType.F32, SmallNet.INPUT);
    FrozenWeights frozen = new FrozenWeights(DType.F32, "");
    Expr y = SmallNet.apply(graph, frozen, SiteAdapters.NONE, x);
    program = graph.inference(scope, List.of(y));
    store = store(scope);
    patch = new MergedParameter(scope);
    base = output(Map.of());
  }

  private static WeightStore store(Scope scope) {
    SafetensorsWriter writer = new SafetensorsWriter();
    SmallNet.weights().forEach((name, t) -> writer.add(name, t.dtype(), t.shape(), t.bytes()));
    try {
      Path file = Files.createTempFile("base", ".safetensors");
      writer.write(file);
      try (Safetensors opened = Safetensors.open(file)) {
        return WeightStore.load(scope, opened, StoredWeight.all(opened.tensors()), DType.F32);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its output for the first input of {@link TrainedNet#batch}. */
  double[] base() {
    return base;
  }

  /** The same with an adapter inside the weights. */
  double[] patched(Adapter adapter, Family family) {
    try (Scope work = scope.child("patched")) {
      MergedSites sites =
          new MergedSites(
              work,
              patch,
              store,
              family.sites(),
              SmallNet.MODEL,
              adapter.sites().keySet(),
              MixPlan.of(adapter, 1));
      return output(sites.at(1));
    }
  }

  /** The same with an adapter beside the weights. */
  double[] beside(Adapter adapter, Family family) {
    MixPlan plan = MixPlan.of(adapter, 1).route(Route.UNMERGED);
    BatchMix mix = new BatchMix(List.of(plan), family.sites(), SmallNet.MODEL);
    try (Scope work = scope.child("beside")) {
      Graph graph = new Graph();
      Expr x = graph.input("x", DType.F32, SmallNet.INPUT);
      SiteAdapters adapters = new UnmergedAdapters(mix.unmergedSites()).declare(graph);
      Expr y = SmallNet.apply(graph, new FrozenWeights(DType.F32, ""), adapters, x);
      Program other = graph.inference(work, List.of(y));
      Map<String, Tensor> all = new HashMap<>(mix.factors(work, patch));
      SmallNet.weights().keySet().forEach(name -> all.put(name, store.tensor(name)));
      Tensor weights = Tensor.of(work, Shape.of(1, mix.columns()), mix.weights(List.of(0), 0, 1));
      Map<String, Tensor> inputs =
          Map.of("x", TrainedNet.batch().get(0).on(work), UnmergedAdapters.WEIGHTS, weights);
      return HostTensor.of(other.run(work, other.hold(work, all::get), inputs).get(0)).doubles();
    }
  }

  private double[] output(Map<String, Tensor> changed) {
    Map<String, Tensor> all = new HashMap<>();
    SmallNet.weights().keySet().forEach(name -> all.put(name, store.tensor(name)));
    all.putAll(changed);
    try (Scope work = scope.child("run")) {
      Tensor x = TrainedNet.batch().get(0).on(work);
      Tensor y = program.run(work, program.hold(work, all::get), List.of(x)).get(0);
      return HostTensor.of(y).doubles();
    }
  }
}
