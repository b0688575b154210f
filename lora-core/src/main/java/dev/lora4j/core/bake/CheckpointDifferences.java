package dev.lora4j.core.bake;

import dev.lora4j.core.adapter.Target;
import dev.lora4j.core.format.checkpoint.Checkpoint;
import dev.lora4j.core.format.checkpoint.Placement;
import dev.lora4j.core.lowrank.Difference;
import dev.lora4j.core.nn.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** What two checkpoints of one model have at the same sites, whatever layouts they lie in. */
public final class CheckpointDifferences {
  private CheckpointDifferences() {}

  /**
   * All weights and biases of the sites that are asked for, in the order of the base.
   *
   * @param sites which sites
   * @param wholes whether to include biases and norms, which have no rank
   * @throws BakeException if the tuned model lacks one, or its weight has another shape
   */
  public static List<Difference> of(
      Checkpoint base, Checkpoint tuned, Predicate<Site> sites, boolean wholes) {
    List<Difference> all = new ArrayList<>();
    for (Site site : base.base().sites().all()) {
      if (!sites.test(site)) {
        continue;
      }
      if (wholes || site.kind() != Site.Kind.NORM) {
        add(all, base, tuned, site, Target.WEIGHT);
      }
      if (wholes && site.bias()) {
        add(all, base, tuned, site, Target.BIAS);
      }
    }
    return all;
  }

  private static void add(
      List<Difference> all, Checkpoint base, Checkpoint tuned, Site site, Target target) {
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

  private static Placement place(Checkpoint in, Site site, Target target) {
    return (target == Target.WEIGHT ? in.weight(site.name()) : in.bias(site.name()))
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
