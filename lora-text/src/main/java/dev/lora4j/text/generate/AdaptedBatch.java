package dev.lora4j.text.generate;

import dev.lora4j.core.mix.BatchMix;
import dev.lora4j.core.mix.MergedSites;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.mix.StackedFactors;
import dev.lora4j.core.mix.UnmergedAdapters;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.text.model.TextModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * A batch of requests with the same merged adapters. Each may have other, unmerged ones.
 *
 * @param scope owner of what they need
 * @param numbers indices of the requests among all
 * @param starts requests, one for each number
 */
record AdaptedBatch(
    Scope scope,
    List<Integer> numbers,
    List<GenerationRequest> starts,
    BatchMix mix,
    Map<String, Tensor> factors,
    Map<String, Tensor> merged) {
  /** Divides starts into batches, one after the other. */
  static void each(
      Scope scope,
      TextPrograms programs,
      List<GenerationRequest> starts,
      Consumer<AdaptedBatch> work) {
    TextModel base = programs.base();
    BatchMix mix = mix(base, starts.stream().map(GenerationRequest::mix).toList());
    Map<Object, List<Integer>> groups = new LinkedHashMap<>();
    for (int row = 0; row < starts.size(); row++) {
      groups.computeIfAbsent(mix.mergedKey(row), g -> new ArrayList<>()).add(row);
    }
    try (StackedFactors.Use factors = programs.factors().of(mix)) {
      for (List<Integer> group : groups.values()) {
        try (Scope own = scope.child("batch")) {
          int first = group.get(0);
          MergedSites inside = mix.mergedSites(own, programs.patch(), base.weights(), first);
          work.accept(
              new AdaptedBatch(
                  own,
                  group,
                  group.stream().map(starts::get).toList(),
                  mix,
                  factors.tensors(),
                  inside.at(starts.get(first).mix().at(0, 1))));
        }
      }
    }
  }

  /** Mixes of rows, unmerged by default. */
  static BatchMix mix(TextModel base, List<MixPlan> plans) {
    List<MixPlan> routed =
        plans.stream().map(p -> p.route() == Route.AUTO ? p.route(Route.UNMERGED) : p).toList();
    return new BatchMix(routed, base.sites(), TextModel.MODEL);
  }

  /** Sites with unmerged adapters in a program for it. */
  Set<String> unmergedSites() {
    return mix.unmergedSites();
  }

  /** The most tokens that one of them adds. */
  int maxNewTokens() {
    return starts.stream().mapToInt(GenerationRequest::maxNewTokens).max().orElse(1);
  }

  /**
   * Gathers what a program of it holds.
   *
   * @param more what is held beside weights and factors
   */
  HeldInputs hold(Network network, TextModel base, Map<String, Tensor> more) {
    Map<String, Tensor> all = new HashMap<>(factors);
    all.putAll(more);
    return network.hold(scope, base.weights(), merged, all);
  }

  /** The start of each row, where each start has so many side by side. */
  int[] rows(int copies) {
    return IntStream.range(0, starts.size() * copies).map(row -> row / copies).toArray();
  }

  /**
   * Input with the weights of unmerged adapters.
   *
   * @param rows the request of each
   */
  Map<String, Tensor> mixing(int[] rows) {
    if (mix.unmergedSites().isEmpty()) {
      return Map.of();
    }
    List<Integer> all = Arrays.stream(rows).mapToObj(numbers::get).toList();
    Shape shape = Shape.of(rows.length, mix.columns());
    return Map.of(UnmergedAdapters.WEIGHTS, Tensor.of(scope, shape, mix.weights(all, 0, 1)));
  }
}
