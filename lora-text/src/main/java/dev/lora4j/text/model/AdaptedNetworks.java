package dev.lora4j.text.model;

import dev.lora4j.core.mix.RowAdapters;
import dev.lora4j.core.mix.UnmergedAdapters;
import dev.lora4j.core.model.CompiledNetworks;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Compiled networks of a language model, each with unmerged adapters at some sites. They depend on
 * the sites, not on the adapters.
 */
public final class AdaptedNetworks {
  private record Key(String kind, Collection<String> unmergedSites, boolean ofRows) {}

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
    Set<String> sorted = new TreeSet<>(unmergedSites);
    return of(new Key(kind, sorted, false), staging, graph -> adapters(graph, sorted));
  }

  /**
   * A network whose rows each have adapters of their own, compiled at its first use.
   *
   * @param kind tells it from others of the model
   * @param sites layers with adapters, in the order of {@link dev.lora4j.core.mix.RowFactors#sites}
   * @param staging stages the outputs by weights with these adapters
   */
  public Network ofRows(
      String kind, List<Site> sites, BiFunction<Graph, Weights, List<Expr>> staging) {
    List<String> names = sites.stream().map(Site::name).toList();
    return of(
        new Key(kind, names, true),
        staging,
        graph -> new RowAdapters(sites, compute).declare(graph));
  }

  private Network of(
      Key key,
      BiFunction<Graph, Weights, List<Expr>> staging,
      Function<Graph, SiteAdapters> adapters) {
    return networks.of(
        key,
        TextModel.MODEL,
        base.weights().forms(),
        () -> (graph, weights) -> staging.apply(graph, weights.apply(adapters.apply(graph))));
  }

  private SiteAdapters adapters(Graph graph, Set<String> sites) {
    return sites.isEmpty()
        ? SiteAdapters.NONE
        : new UnmergedAdapters(sites, compute).declare(graph);
  }
}
