package dev.lora4j.core.mixer;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.lowrank.SumRequirements;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.ShapeOps;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Changes formed for measurements, one of them in memory at a time. Measurements are cached: a
 * mixer that is called for each picture measures only once.
 */
public final class MeasuredDeltas implements AdapterDeltas {
  private final Scope scope;
  private final Map<String, Site> sites;
  private final Map<List<Object>, Program> programs = new HashMap<>();
  private final Map<List<Object>, List<Double>> known = new HashMap<>();

  /**
   * Computes in {@code scope}, in which its programs stay.
   *
   * @param sites the layers of the base by name
   */
  public MeasuredDeltas(Scope scope, Map<String, Site> sites) {
    this.scope = scope;
    this.sites = Map.copyOf(sites);
  }

  @Override
  public synchronized List<Double> at(Adapter adapter, String site, Numbers numbers) {
    List<Object> key = List.of(adapter.identity(), site, numbers);
    List<Double> told = known.get(key);
    if (told == null) {
      told = measured(adapter, site, numbers);
      known.put(key, told);
    }
    return told;
  }

  private List<Double> measured(Adapter adapter, String name, Numbers numbers) {
    Site site = SumRequirements.site(adapter, name, sites);
    List<Factors> own =
        adapter.at(name).stream().filter(f -> changesWeight(adapter, name, f)).toList();
    if (own.isEmpty()) {
      return List.of();
    }
    MixedParameter.Part part = new MixedParameter.Part(0, 1, own);
    MixedParameter parameter = new MixedParameter(site, LayerParameter.WEIGHT, List.of(part));
    Program program =
        programs.computeIfAbsent(
            List.of(parameter.form(), numbers), k -> staged(parameter, numbers));
    try (Scope work = scope.child("look")) {
      Tensor out = program.run(work, StagedDeltas.tensors(work, parameter)).get(0);
      return Arrays.stream(HostTensor.of(out).doubles()).boxed().toList();
    }
  }

  private static boolean changesWeight(Adapter adapter, String site, Factors factors) {
    return SumRequirements.method(adapter, site, factors, "there is no change to look at")
            .target(factors.structure())
        == LayerParameter.WEIGHT;
  }

  private Program staged(MixedParameter like, Numbers numbers) {
    Graph graph = new Graph();
    List<Expr> all = numbers.of(new StagedDeltas(graph, like).delta(0));
    return graph.inference(
        scope, List.of(ShapeOps.stack(all.stream().map(n -> n.to(DType.F64)).toList(), 0)));
  }
}
