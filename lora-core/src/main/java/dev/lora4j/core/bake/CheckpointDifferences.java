package dev.lora4j.core.bake;

import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.format.Placement;
import dev.lora4j.core.format.checkpoint.BaseCheckpoint;
import dev.lora4j.core.lowrank.Difference;
import dev.lora4j.core.nn.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Differences of two checkpoints of one model at the same sites, in any layouts. */
public final class CheckpointDifferences {
  private CheckpointDifferences() {}

  /**
   * All weights and biases of the requested sites, in the order of the base.
   *
   * @param sites which sites
   * @param wholes whether to include biases and norms, which have no rank
   * @throws BakeException if the tuned model lacks one, or its weight has another shape
   */
  public static List<Difference> of(
      BaseCheckpoint base, BaseCheckpoint tuned, Predicate<Site> sites, boolean wholes) {
    List<Difference> all = new ArrayList<>();
    for (Site site : base.base().sites().all()) {
      if (!sites.test(site)) {
        continue;
      }
      if (wholes || site.kind() != Site.Kind.NORM) {
        add(all, base, tuned, site, LayerParameter.WEIGHT);
      }
      if (wholes && site.bias()) {
        add(all, base, tuned, site, LayerParameter.BIAS);
      }
    }
    return all;
  }

  private static void add(
      List<Difference> all,
      BaseCheckpoint base,
      BaseCheckpoint tuned,
      Site site,
      LayerParameter target) {
    Placement before = place(base, site, target);
    Placement after = place(tuned, site, target);
    Optional<Site> other = tuned.base().sites().find(site.name());
    if (other.filter(o -> o.weight().elements() == site.weight().elements()).isEmpty()) {
      throw new BakeException(
          site.name()
              + " is "
              + site.weight()
              + " in "
              + base.path()
              + " and "
              + other.map(o -> o.weight().toString()).orElse("absent")
              + " in "
              + tuned.path()
              + "; they are no checkpoints of one model.");
    }
    all.add(
        new Difference(
            site,
            target,
            scope -> base.read(before).on(scope),
            scope -> tuned.read(after).on(scope)));
  }

  private static Placement place(BaseCheckpoint in, Site site, LayerParameter target) {
    return (target == LayerParameter.WEIGHT ? in.weight(site.name()) : in.bias(site.name()))
        .orElseThrow(
            () ->
                new BakeException(
                    in.path()
                        + " has no "
                        + target.parameter()
                        + " of "
                        + site.name()
                        + ", which the other checkpoint has; are they checkpoints of one model?"));
  }
}
