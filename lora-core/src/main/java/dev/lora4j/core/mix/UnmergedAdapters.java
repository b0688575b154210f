package dev.lora4j.core.mix;

import dev.lora4j.core.adapter.LayerMath;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.SiteParts.Part;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * Adapters computed at run time: their factors are inputs of the program, stacked by rank, and
 * their weights are one more small input, so that a change of weight costs nothing and each row of
 * a batch can have its own.
 *
 * <p>That needs methods with a {@linkplain dev.lora4j.core.adapter.AdditiveMethod#lowRank low-rank
 * form}, or {@linkplain dev.lora4j.core.adapter.RoutedMethod routed} ones, which have no other.
 * Sites where an adapter has another method are {@linkplain #mergedSites merged} instead.
 */
public final class UnmergedAdapters {
  /** Name of the input F32 [1 or batch, adapters] with the adapters' weights. */
  public static final String WEIGHTS = "mix:weights";

  private final Set<String> unmergedSites;
  private final DType type;

  /**
   * Creates adapters for programs in which exactly these sites may have any, with factors in F32.
   */
  public UnmergedAdapters(Set<String> sites) {
    this(sites, DType.F32);
  }

  /**
   * Creates adapters for programs in which exactly these sites may have any.
   *
   * @param type of the factors; the one that is computed in spares a conversion in each run
   */
  public UnmergedAdapters(Set<String> sites, DType type) {
    this.unmergedSites = new TreeSet<>(sites);
    this.type = type;
  }

  /**
   * The sites of a model at which all parts of a plan's adapters can be unmerged.
   *
   * @param catalogue the sites of the base
   * @param model what the names of the model's sites begin with
   */
  public static Set<String> unmergedSites(MixPlan plan, SiteCatalogue catalogue, String model) {
    Set<String> names = touched(plan, model);
    names.removeIf(
        name -> {
          Optional<Site> site = catalogue.find(name);
          return site.isEmpty()
              || !SiteParts.of(plan, name).stream().allMatch(p -> stacks(site.get(), p));
        });
    for (String name : List.copyOf(names)) {
      if (SiteParts.of(plan, name).stream().anyMatch(Part::routed)) {
        names.add(router(name));
      }
    }
    return names;
  }

  /**
   * Mark among the unmerged sites that a part at this site is {@linkplain
   * dev.lora4j.core.adapter.RoutedMethod routed}, as a program for it is another one.
   */
  static String router(String site) {
    return site + ":router";
  }

  /** The sites of a model that a plan changes and that have to be merged. */
  public static Set<String> mergedSites(MixPlan plan, SiteCatalogue catalogue, String model) {
    Set<String> names = touched(plan, model);
    names.removeAll(unmergedSites(plan, catalogue, model));
    return names;
  }

  /** All sites that a plan changes in a model whose sites begin with {@code model}. */
  public static Set<String> touched(MixPlan plan, String model) {
    Set<String> names = new TreeSet<>();
    for (MixPlan.Part part : plan.parts()) {
      part.adapter().sites().keySet().stream()
          .filter(s -> s.startsWith(model + ".") && part.shares().at(s) != 0)
          .forEach(names::add);
    }
    return names;
  }

  static boolean stacks(Site site, Part part) {
    return (site.kind() == Site.Kind.LINEAR || site.convolution()) && part.stacks(site);
  }

  /** Declares the inputs as the sites are met, and adds them to each site's output. */
  public SiteAdapters declare(Graph graph) {
    return adding(graph, graph.input(WEIGHTS, DType.F32, Shape.of(Shape.UNKNOWN, Shape.UNKNOWN)));
  }

  /**
   * {@link #declare} with weights that are held beside the factors, as those of a program whose
   * adapters always count the same.
   */
  public SiteAdapters declareHeld(Graph graph) {
    return adding(graph, graph.held(WEIGHTS, DType.F32, Shape.of(Shape.UNKNOWN, Shape.UNKNOWN)));
  }

  private SiteAdapters adding(Graph graph, Expr weights) {
    Map<String, Held> met = new HashMap<>();
    return (site, x, y) ->
        unmergedSites.contains(site.name())
            ? met.computeIfAbsent(
                    site.name(), name -> held(graph, site, type, x.dtype(), unmergedSites))
                .add(site, x, y, weights)
            : y;
  }

  /**
   * The held inputs of one site in a program.
   *
   * @param sites unmerged ones
   */
  static Held held(Graph graph, Site site, DType type, DType compute, Set<String> sites) {
    Optional<HeadShares> shares =
        sites.contains(router(site.name()))
            ? Optional.of(HeadShares.of(graph, site, type, compute))
            : Optional.empty();
    return Held.of(graph, site, type, compute, shares);
  }

  /** The held inputs of one site. */
  record Held(LowRank pair, Expr spread, Optional<HeadShares> shares) {
    private static Held of(
        Graph graph, Site site, DType type, DType compute, Optional<HeadShares> shares) {
      long any = Shape.UNKNOWN;
      Shape down = LowRank.down(site, any);
      Shape up = LowRank.up(site, any);
      Expr a = graph.held(input(site.name(), "down"), type, down).to(compute);
      Expr b = graph.held(input(site.name(), "up"), type, up).to(compute);
      Expr spread = graph.held(input(site.name(), "spread"), DType.F32, Shape.of(any, any));
      return new Held(new LowRank(a, b), spread, shares);
    }

    /** Adds the factors' output for x to y, by weights F32 [1 or batch, columns]. */
    Expr add(Site site, Expr x, Expr y, Expr weights) {
      Expr mix = weights.matmul(spread).to(x.dtype());
      return add(site, x, y, inner -> inner.mul(LayerMath.perChannel(site, mix, inner)));
    }

    /** Adds the factors' output for x to y, with something done to the directions. */
    Expr add(Site site, Expr x, Expr y, UnaryOperator<Expr> mix) {
      return y.add(
          pair.unmerged(
              site, x, inner -> mix.apply(shares.map(s -> inner.mul(s.of(x))).orElse(inner))));
    }
  }

  /**
   * The factors of a plan's adapters for such a program, by input name, owned by {@code scope}.
   *
   * @param catalogue the sites of the base
   */
  public Map<String, Tensor> factors(
      Scope scope, MergedParameter patch, SiteCatalogue catalogue, MixPlan plan) {
    Map<String, Tensor> inputs = new HashMap<>();
    for (String name : unmergedSites) {
      List<Part> parts = SiteParts.of(plan, name);
      Optional<Site> site = catalogue.find(name);
      if (!parts.isEmpty() && site.isPresent()) {
        stack(scope, patch, site.get(), parts, plan.parts().size(), type, inputs);
      }
    }
    return inputs;
  }

  /** Adds the inputs of one site, whose parts have the index of their column. */
  static void stack(
      Scope scope,
      MergedParameter patch,
      Site site,
      List<Part> parts,
      int adapters,
      DType type,
      Map<String, Tensor> inputs) {
    inputs.putAll(
        scope.engine().together(() -> stacked(scope, patch, site, parts, adapters, type)));
  }

  private static Map<String, Tensor> stacked(
      Scope scope, MergedParameter patch, Site site, List<Part> parts, int adapters, DType type) {
    try (Scope work = scope.child("stack")) {
      List<Tensor> pairs = new ArrayList<>();
      parts.forEach(p -> pairs.addAll(patch.lowRank(work, site, p.factors())));
      List<Tensor> stacked = patch.programs().stack(site, parts.size(), type).run(scope, pairs);
      int[] ranks = new int[parts.size()];
      for (int i = 0; i < ranks.length; i++) {
        ranks[i] = Math.toIntExact(pairs.get(2 * i).shape().size(0));
      }
      Map<String, Tensor> inputs = new HashMap<>();
      inputs.put(input(site.name(), "down"), stacked.get(0));
      inputs.put(input(site.name(), "up"), stacked.get(1));
      inputs.put(input(site.name(), "spread"), spread(scope, parts, ranks, adapters));
      if (parts.stream().anyMatch(Part::routed)) {
        inputs.putAll(HeadShares.tensors(scope, site, parts, ranks, type));
      }
      return inputs;
    }
  }

  /**
   * Spread of the scales, F32 [adapters, rank of all]: row k holds adapter k's scale at its own
   * directions, so that weights * spread is the factor of each direction.
   */
  private static Tensor spread(Scope scope, List<Part> parts, int[] ranks, int adapters) {
    int total = Arrays.stream(ranks).sum();
    float[] ones = new float[adapters];
    Arrays.fill(ones, 1);
    float[] spread = new float[adapters * total];
    int at = 0;
    for (int i = 0; i < ranks.length; i++) {
      int row = parts.get(i).adapter() * total;
      float scale = MergedParameter.amount(parts.get(i), ones);
      Arrays.fill(spread, row + at, row + at + ranks[i], scale);
      at += ranks[i];
    }
    return Tensor.of(scope, Shape.of(adapters, total), spread);
  }

  /** Name of a held input of one site. */
  static String input(String site, String part) {
    return "mix:" + site + ":" + part;
  }
}
