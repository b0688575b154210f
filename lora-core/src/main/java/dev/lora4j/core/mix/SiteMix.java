package dev.lora4j.core.mix;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.mix.SiteParts.Part;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Effect of a plan's adapters on the parameters of one site, each adapter with its own value
 * whatever its steps. For callers with single parameters instead of a loaded model.
 */
public final class SiteMix {
  private final MergedParameter patch;
  private final Site site;
  private final List<Part> parts;
  private final float[] weights;
  private final AdapterOrder order;

  private SiteMix(
      MergedParameter patch, Site site, List<Part> parts, float[] weights, AdapterOrder order) {
    this.patch = patch;
    this.site = site;
    this.parts = parts;
    this.weights = weights;
    this.order = order;
  }

  /**
   * The plan at a site; adapters of weight 0 take no part.
   *
   * @throws dev.lora4j.core.adapter.AdapterException if the plan's adapters cannot follow each
   *     other there, one is for a bias that the site lacks, or no weight has its effect
   */
  public static SiteMix of(MergedParameter patch, Site site, MixPlan plan) {
    List<Part> all = SiteParts.of(plan, site.name());
    PlanRules.check(site, all, plan);
    float[] weights = plan.overall(site.name());
    List<Part> active = all.stream().filter(p -> weights[p.adapter()] != 0).toList();
    PlanRules.requireMergeable(site, active, plan);
    return new SiteMix(patch, site, active, weights, plan.order());
  }

  /** The site. */
  public Site site() {
    return site;
  }

  /** Returns true if a parameter changes. */
  public boolean changes(LayerParameter target) {
    return !SiteParts.changing(site, parts, target).isEmpty();
  }

  /**
   * The new value of a parameter in F32, not rounded.
   *
   * @param base the parameter of the base, in the site's shape
   */
  public Tensor sum(Scope owner, LayerParameter target, Tensor base) {
    return patch.sum(
        owner, site, target, base, SiteParts.changing(site, parts, target), weights, order);
  }

  /**
   * Products of the new weight, as a matrix [out, rest], with some vectors. Where the adapters
   * allow it, it adds the unmerged product of each pair of factors to the base's product, so that
   * it can verify a merged weight. Where a change depends on the weight, it merges the weight.
   *
   * @param base the weight of the base, in the site's shape
   * @param x F32 [rest, vectors]
   * @return F32 [out, vectors]
   */
  public Tensor products(Scope owner, Tensor base, Tensor x) {
    List<Part> changing = SiteParts.changing(site, parts, LayerParameter.WEIGHT);
    MergePrograms programs = patch.programs();
    Shape matrix = Shape.of(site.out(), site.rest());
    try (Scope work = owner.child("products")) {
      if (!changing.stream().allMatch(p -> p.additive(LayerParameter.WEIGHT))) {
        Tensor whole = sum(work, LayerParameter.WEIGHT, base);
        return programs.product().run(owner, whole.view(work, 0, matrix), x).get(0);
      }
      Tensor start = base.dtype() == DType.F32 ? base : base.to(work, DType.F32);
      List<Tensor> inputs = new ArrayList<>(List.of(start.view(work, 0, matrix), x));
      Tensor y = programs.product().run(work, inputs).get(0);
      for (Part part : changing) {
        Tensor amount = Tensor.of(work, Shape.of(1), MergedParameter.amount(part, weights));
        y = added(work, part, x, y, amount);
      }
      return y.moveTo(owner);
    }
  }

  private Tensor added(Scope work, Part part, Tensor x, Tensor y, Tensor amount) {
    MergePrograms programs = patch.programs();
    Factors factors = part.factors();
    if (part.stacks(site)) {
      List<Tensor> pair = patch.lowRank(work, site, factors);
      return programs.besides().run(work, pair.get(0), pair.get(1), x, y, amount).get(0);
    }
    float[] nothing = new float[Math.toIntExact(site.weight().elements())];
    Tensor zero = Tensor.of(work, site.weight(), nothing);
    Tensor change =
        patch.sum(work, site, LayerParameter.WEIGHT, zero, List.of(part), weights, order);
    Tensor flat = change.view(work, 0, Shape.of(site.out(), site.rest()));
    return programs.plusProduct().run(work, flat, x, y).get(0);
  }
}
