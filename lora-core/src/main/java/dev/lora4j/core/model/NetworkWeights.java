package dev.lora4j.core.model;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.StoredTensors;
import dev.lora4j.core.nn.StoredWeight;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Loads the weights that networks request, after all of them are found. */
public final class NetworkWeights {
  private NetworkWeights() {}

  /**
   * Loads the weights of one network from a file that has them under their own names.
   *
   * @param file a safetensors file or the index of a sharded checkpoint
   * @param wanted what the network asks for; the file must have that and nothing else
   * @throws ModelException with all that does not fit
   */
  public static WeightStore load(Scope scope, Path file, DType compute, List<Parameter> wanted) {
    try (TensorStore store = TensorStore.open(file)) {
      WeightFit fit = new WeightFit(file);
      Map<String, StoredWeight> places =
          fit.find("", store.tensors(), wanted, p -> List.of(Placement.of("", p.name())));
      Set<String> more = new HashSet<>(store.tensors().keySet());
      wanted.forEach(p -> more.remove(p.name()));
      List<String> unknown = more.stream().sorted().toList();
      fit.leftOver("", unknown, unknown);
      fit.require();
      return WeightStore.load(scope, store, places, compute);
    }
  }

  /**
   * Loads the weights of all networks of a model.
   *
   * @param wanted what each network asks for, by its name in {@link WeightLocations}
   * @return the weights of each
   * @throws ModelException with all that does not fit
   */
  public static Map<String, WeightStore> load(
      Scope scope,
      Path origin,
      WeightLocations source,
      Map<String, List<Parameter>> wanted,
      ConvertedWeights conversion) {
    WeightFit fit = new WeightFit(origin);
    Map<StoredTensors, Claims> claims = new LinkedHashMap<>();
    wanted.forEach(
        (model, parameters) -> {
          StoredTensors store = source.store(model);
          Claims claim =
              claims.computeIfAbsent(
                  store, s -> new Claims(model, s, new HashSet<>(), new LinkedHashMap<>()));
          Map<String, StoredWeight> places =
              fit.find(
                  source.label(model),
                  store.tensors(),
                  parameters,
                  parameter -> source.places(model, parameter));
          places.values().forEach(w -> claim.used().add(w.tensor()));
          claim.places().put(model, places);
        });
    for (Claims claim : claims.values()) {
      List<String> unclaimed =
          claim.store().tensors().keySet().stream().filter(n -> !claim.used().contains(n)).toList();
      fit.leftOver(
          source.label(claim.model()), unclaimed, source.unknown(claim.model(), unclaimed));
    }
    fit.require();
    Map<String, WeightStore> weights = new LinkedHashMap<>();
    claims
        .values()
        .forEach(
            claim ->
                claim
                    .places()
                    .forEach(
                        (model, places) ->
                            weights.put(
                                model,
                                conversion.load(
                                    scope,
                                    model,
                                    wanted.getOrDefault(model, List.of()),
                                    claim.store(),
                                    places))));
    return weights;
  }

  /** Tensors that networks take from one store; {@code model} is the first of these networks. */
  private record Claims(
      String model,
      StoredTensors store,
      Set<String> used,
      Map<String, Map<String, StoredWeight>> places) {}
}
