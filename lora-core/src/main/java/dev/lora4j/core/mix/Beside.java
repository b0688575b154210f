package dev.lora4j.core.mix;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Adapters beside the weights: their factors are inputs of the program, and what they count for is
 * one more small input, so that changing a weight costs nothing and each row of a batch can have
 * its own.
 */
public final class Beside {
  /** Name of the input F32 [1 or batch, adapters] with the adapters' weights. */
  public static final String WEIGHTS = "mix:weights";

  private final Set<String> sites;

  /** For programs in which exactly these sites may have adapters. */
  public Beside(Set<String> sites) {
    this.sites = new TreeSet<>(sites);
  }

  /** The sites that {@code adapters} have in a model whose sites begin with {@code model}. */
  public static Set<String> sites(List<Adapter> adapters, String model) {
    Set<String> sites = new TreeSet<>();
    adapters.forEach(
        a ->
            a.sites().keySet().stream().filter(s -> s.startsWith(model + ".")).forEach(sites::add));
    return sites;
  }

  /** Declares the inputs as the sites are met, and adds them to each site's output. */
  public SiteAdapters declare(Graph graph) {
    long any = Shape.UNKNOWN;
    Expr weights = graph.input(WEIGHTS, DType.F32, Shape.of(any, any));
    return (site, x, y) -> sites.contains(site.name()) ? adapt(graph, weights, site, x, y) : y;
  }

  private static Expr adapt(Graph graph, Expr weights, Site site, Expr x, Expr y) {
    long any = Shape.UNKNOWN;
    Shape down = site.weight().with(0, any);
    Shape up = site.convolution() ? Shape.of(site.out(), any, 1, 1) : Shape.of(site.out(), any);
    Expr a = graph.input(input(site.name(), "down"), DType.F32, down).to(x.dtype());
    Expr b = graph.input(input(site.name(), "up"), DType.F32, up).to(x.dtype());
    Expr spread = graph.input(input(site.name(), "spread"), DType.F32, Shape.of(any, any));
    Expr mix = weights.matmul(spread).to(x.dtype());
    return y.add(LoraMath.beside(site, x, a, b, mix));
  }

  /** The factors of {@code adapters} for such a program, by input name, owned by {@code scope}. */
  public Map<String, Tensor> factors(Scope scope, List<Adapter> adapters) {
    Map<String, Tensor> inputs = new HashMap<>();
    for (String site : sites) {
      StackedFactors.of(scope, adapters, site)
          .ifPresent(
              stacked -> {
                inputs.put(input(site, "down"), stacked.down());
                inputs.put(input(site, "up"), stacked.up());
                inputs.put(input(site, "spread"), stacked.spread());
              });
    }
    return inputs;
  }

  private static String input(String site, String part) {
    return "mix:" + site + ":" + part;
  }
}
