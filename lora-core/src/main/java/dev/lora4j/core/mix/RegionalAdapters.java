package dev.lora4j.core.mix;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Unmerged adapters, each of which may be limited to a {@link RegionMask}. In addition to the
 * inputs of {@link UnmergedAdapters}, such a program has, for each halving of the grid, the weight
 * of each column at each place; and the weights of columns at sites without a place in the picture:
 * for each text context of a row, and for the whole picture.
 *
 * <p>The weights multiply a site's contribution place by place, between its two factors; outside
 * its region an adapter adds exactly 0.
 */
public final class RegionalAdapters {
  /**
   * Name of the input F32 [rows * contexts, columns]: weights at {@link SitePlacement.OfTokens}.
   */
  public static final String WORDS = "mix:words";

  /** Name of the input F32 [rows, columns]: weights at {@link SitePlacement.Nowhere}. */
  public static final String NOWHERE = "mix:nowhere";

  private final Set<String> sites;
  private final SitePlacement.Of places;
  private final int levels;

  /**
   * Creates adapters for programs in which exactly these sites may have any.
   *
   * @param levels number of grids, of which each has half the rows and columns of the one before
   */
  public RegionalAdapters(Set<String> sites, SitePlacement.Of places, int levels) {
    this.sites = new TreeSet<>(sites);
    this.places = places;
    this.levels = levels;
  }

  /** Name of the input F32 [rows, columns, places] of a grid. */
  public static String area(int level) {
    return "mix:area:" + level;
  }

  /** Declares the inputs, and adds the adapters' contribution to each site's output. */
  public SiteAdapters declare(Graph graph) {
    long any = Shape.UNKNOWN;
    Expr weights = graph.input(UnmergedAdapters.WEIGHTS, DType.F32, Shape.of(any, any));
    Expr words = graph.input(WORDS, DType.F32, Shape.of(any, any));
    Expr nowhere = graph.input(NOWHERE, DType.F32, Shape.of(any, any));
    List<Expr> grids = new ArrayList<>();
    for (int level = 0; level < levels; level++) {
      Expr area = graph.input(area(level), DType.F32, Shape.of(any, any, any));
      grids.add(weights.unsqueeze(-1).mul(area).transpose(1, 2));
    }
    Map<String, UnmergedAdapters.Held> met = new HashMap<>();
    return (site, x, y) -> {
      if (!sites.contains(site.name())) {
        return y;
      }
      UnmergedAdapters.Held held =
          met.computeIfAbsent(
              site.name(), name -> UnmergedAdapters.held(graph, site, DType.F32, x.dtype(), sites));
      SitePlacement place = places.of(site.name());
      if (place instanceof SitePlacement.OnGrid grid) {
        Expr mix = grids.get(grid.level()).matmul(held.spread()).to(x.dtype());
        return held.add(site, x, y, inner -> inner.mul(placed(site, mix, inner)));
      }
      if (place instanceof SitePlacement.WordsAndGrid both) {
        Expr mix =
            all(words.matmul(held.spread()), grids.get(both.level()).matmul(held.spread()), x);
        return held.add(site, x, y, inner -> inner.mul(mix.to(x.dtype())));
      }
      Expr of = place instanceof SitePlacement.OfTokens ? words : nowhere;
      return held.add(site, x, y, of);
    };
  }

  /**
   * Weights of directions for words and places.
   *
   * @param words of each text, [rows * contexts, rank]
   * @param places [rows, places, rank]
   * @param x input of the layer, [rows, contexts * words + places, in]
   * @return [rows, contexts * words + places, rank]
   */
  private static Expr all(Expr words, Expr places, Expr x) {
    Dim rows = places.dim(0);
    Dim contexts = words.dim(0).over(rows);
    Dim rank = words.dim(1);
    Dim each = x.dim(1).minus(places.dim(1)).over(contexts);
    Expr ofWords =
        words
            .reshape(rows, contexts, Dim.of(1), rank)
            .expand(rows, contexts, each, rank)
            .reshape(rows, each.times(contexts), rank);
    return ofWords.cat(1, places);
  }

  /** [rows, places, rank] in the shape of a layer's output. */
  private static Expr placed(Site site, Expr mix, Expr inner) {
    return site.convolution()
        ? mix.transpose(1, 2).reshape(mix.dim(0), Dim.of(-1), inner.dim(2), inner.dim(3))
        : mix;
  }
}
