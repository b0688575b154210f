package dev.lora4j.text.model;

import dev.lora4j.core.mix.UnmergedAdapters;
import dev.lora4j.core.model.CompiledNetworks;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;

/**
 * Compiled networks of a language model, each with unmerged adapters at some sites. They depend on
 * the sites, not on the adapters.
 */
public final class AdaptedNetworks {
  private record Key(String kind, Set<String> unmergedSites) {}

  private final TextModel base;
  private final DType compute;
  private final CompiledNetworks<Key> networks;

  /** None compiled yet; owned by {@code scope}. */
  public AdaptedNetworks(Scope scope, TextModel base) {
    this.base = base;
    this.compute = base.compute();
    this.networks = new CompiledNetworks<>(scope, compute);
  }

  /**
   * A network, compiled at its first use.
   *
   * @param kind tells it from others of the model
   * @param unmergedSites sites with unmerged adapters
   * @param staging stages the outputs by weights with these adapters
   */
  public Network of(
      String kind, Set<String> unmergedSites, BiFunction<Graph, Weights, List<Expr>> staging) {
    return networks.of(
        new Key(kind, new TreeSet<>(unmergedSites)),
        TextModel.MODEL,
        base.weights().forms(),
        () ->
            (graph, weights) ->
                staging.apply(graph, weights.apply(adapters(graph, unmergedSites))));
  }

  private SiteAdapters adapters(Graph graph, Set<String> sites) {
    return sites.isEmpty()
        ? SiteAdapters.NONE
        : new UnmergedAdapters(sites, compute).declare(graph);
  }
}
