package dev.lora4j.core.mix;

import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.SiteParts.Part;
import dev.lora4j.core.nn.Site;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Estimated cost of merged and of unmerged adapters, to choose the faster.
 *
 * <p>Merged, each touched weight is read, changed and written once for each set of weights that the
 * steps and the pictures need, and pictures that differ need runs of their own. Unmerged, each row
 * of each step goes through the factors. The constants were measured on two cores in F32 (see
 * docs/dev/decisions); another machine moves both sides alike, so that the choice stays near the
 * best.
 *
 * @param places of the model's sites in the picture
 * @param finest the grid of the latents
 * @param words tokens of the text
 */
public record RouteCost(
    SiteCatalogue catalogue, String model, SitePlacement.Of places, GridSize finest, int words) {
  /** Seconds for the calls that merge one weight of any size. */
  private static final double PATCH_CALLS = 0.6e-3;

  /** Seconds for one element of a merged weight: read, widened, added to, written. */
  private static final double PATCH_ELEMENT = 4e-9;

  /** Seconds for the calls that stack the factors of one site. */
  private static final double STACK_CALLS = 0.3e-3;

  /** Seconds for the unmerged operators at one site of any size. */
  private static final double BESIDE_CALLS = 25e-6;

  /** Seconds for one number that unmerged adapters read or write. */
  private static final double BESIDE_NUMBER = 0.4e-9;

  /** Seconds for a multiplication and an addition. */
  private static final double PRODUCT = 1 / 40e9;

  /** Seconds for a run more of the whole model, which pictures in groups of their own take. */
  private static final double RUN = 5e-3;

  /**
   * The faster of merged and unmerged for pictures of these plans.
   *
   * @param rows rows of the model's batch for each picture
   */
  public Route choose(List<MixPlan> plans, int steps, List<Integer> rows) {
    return merged(plans, steps) <= unmerged(plans, steps, rows) ? Route.MERGED : Route.UNMERGED;
  }

  /** Estimated seconds of merged adapters; infinite if no weight has the effect of one. */
  public double merged(List<MixPlan> plans, int steps) {
    Set<List<Object>> mixes = new HashSet<>();
    double seconds = 0;
    for (MixPlan plan : plans) {
      List<Object> mix = new ArrayList<>(List.of(plan.order()));
      for (MixPlan.Part part : plan.parts()) {
        mix.add(List.of(part.adapter().identity(), part.weight(), part.shares()));
      }
      if (!mixes.add(mix)) {
        continue;
      }
      seconds += mixes.size() > 1 ? RUN * steps : 0;
      for (String name : UnmergedAdapters.touched(plan, model)) {
        seconds += merged(plan, name, steps);
      }
    }
    return seconds;
  }

  private double merged(MixPlan plan, String name, int steps) {
    Optional<Site> site = catalogue.find(name);
    if (site.isEmpty()) {
      return 0; // the use of the plan reports it
    }
    List<Part> parts = SiteParts.of(plan, name);
    if (parts.stream().anyMatch(Part::routed)) {
      return Double.POSITIVE_INFINITY;
    }
    float[] before = new float[parts.size()];
    int changes = 0;
    for (int step = 0; step < steps; step++) {
      float[] weights = plan.at(step, steps);
      float[] now = new float[parts.size()];
      boolean some = false;
      for (int i = 0; i < now.length; i++) {
        now[i] = weights[parts.get(i).adapter()];
        some |= now[i] != 0;
      }
      changes += some && !Arrays.equals(now, before) ? 1 : 0;
      before = now;
    }
    double products = (double) ranks(site.get(), parts) * site.get().weight().elements();
    return changes
        * (PATCH_CALLS + PATCH_ELEMENT * site.get().weight().elements() + PRODUCT * products);
  }

  /** Estimated seconds of unmerged adapters. */
  public double unmerged(List<MixPlan> plans, int steps, List<Integer> rows) {
    Set<String> names = new HashSet<>();
    plans.forEach(plan -> names.addAll(UnmergedAdapters.touched(plan, model)));
    int all = rows.stream().mapToInt(Integer::intValue).sum();
    double seconds = 0;
    double stacking = 0;
    for (String name : names) {
      Optional<Site> site = catalogue.find(name);
      if (site.isPresent()) {
        long rank =
            plans.stream().mapToLong(p -> ranks(site.get(), SiteParts.of(p, name))).max().orElse(0);
        // Methods without directions are merged on both routes.
        stacking += rank > 0 ? STACK_CALLS : 0;
        seconds += rank > 0 ? unmerged(site.get(), rank, all) : 0;
      }
    }
    return stacking + steps * seconds;
  }

  private double unmerged(Site site, long rank, int rows) {
    long places = (long) rows * places(site);
    double products = (double) places * rank * (site.rest() + site.out());
    double numbers = (double) places * (site.in() + 3 * site.out() + 3 * rank);
    return BESIDE_CALLS + BESIDE_NUMBER * numbers + PRODUCT * products;
  }

  private long places(Site site) {
    SitePlacement place = places.of(site.name());
    if (place instanceof SitePlacement.OnGrid grid) {
      return finest.level(grid.level()).places();
    }
    if (place instanceof SitePlacement.WordsAndGrid both) {
      return (long) words + finest.level(both.level()).places();
    }
    return place instanceof SitePlacement.OfTokens ? words : 1;
  }

  /** Directions of all parts that have such; the others are merged on both routes. */
  private static long ranks(Site site, List<Part> parts) {
    return parts.stream().mapToLong(p -> p.rank(site).orElse(0)).sum();
  }
}
