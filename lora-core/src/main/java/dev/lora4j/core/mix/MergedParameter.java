package dev.lora4j.core.mix;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.mix.SiteParts.Part;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Parameter with merged adapters: a new tensor, computed from the base's, which stays as it is.
 *
 * <p>Sums are in F32 and rounded once to the type of the base.
 */
public final class MergedParameter {
  private final MergePrograms programs;

  /** Compiles its programs in {@code scope}, when they are first needed. */
  public MergedParameter(Scope scope) {
    programs = new MergePrograms(scope);
  }

  MergePrograms programs() {
    return programs;
  }

  /**
   * The new value of one parameter.
   *
   * @param scope what the result belongs to
   * @param base the parameter of the base
   * @param parts those with an effect on it, in order
   * @param weights one per adapter
   */
  Tensor parameter(
      Scope scope,
      Site site,
      LayerParameter target,
      Tensor base,
      List<Part> parts,
      float[] weights,
      AdapterOrder order) {
    DType stored = base.dtype();
    try (Scope work = scope.child("patch")) {
      List<Tensor> rounded;
      if (target == LayerParameter.WEIGHT
          && !parts.isEmpty()
          && parts.stream().allMatch(p -> p.stacks(site))) {
        rounded =
            programs
                .roundedProducts(site.weight(), stored, parts.size())
                .run(work, factors(work, site, base, parts, weights));
      } else {
        Tensor sum = sum(work, site, target, base, parts, weights, order);
        rounded = programs.rounded(sum.shape(), stored).run(work, sum);
      }
      if (rounded.get(1).bytes().get(0) == 0) {
        throw notFinite(site, target);
      }
      return rounded.get(0).moveTo(scope);
    }
  }

  static AdapterException notFinite(Site site, LayerParameter target) {
    return new AdapterException(
        "The "
            + target.parameter()
            + " of "
            + site.name()
            + " is no longer finite with these adapters; are their weights too large?");
  }

  /** {@link #parameter} in F32, not rounded; {@code base} itself if it is F32 and has no parts. */
  Tensor sum(
      Scope scope,
      Site site,
      LayerParameter target,
      Tensor base,
      List<Part> parts,
      float[] weights,
      AdapterOrder order) {
    try (Scope work = scope.child("sum")) {
      Tensor start = base.dtype() == DType.F32 ? base : base.to(work, DType.F32);
      Tensor sum = start;
      List<Part> products = new ArrayList<>();
      for (Part part : parts) {
        if (target == LayerParameter.WEIGHT && part.stacks(site)) {
          products.add(part);
        } else {
          sum = products(work, site, sum, products, weights);
          products.clear();
          sum = one(work, site, target, sum, start, part, weights, order);
        }
      }
      sum = products(work, site, sum, products, weights);
      return sum == base ? base : sum.moveTo(scope);
    }
  }

  /** Adds all products in one: their factors side by side. */
  private Tensor products(Scope work, Site site, Tensor sum, List<Part> parts, float[] weights) {
    if (parts.isEmpty()) {
      return sum;
    }
    return programs
        .products(site.weight(), parts.size())
        .run(work, factors(work, site, sum, parts, weights))
        .get(0);
  }

  /** Inputs of a program of products: the weight, the factors of each product, and the amounts. */
  private List<Tensor> factors(
      Scope work, Site site, Tensor weight, List<Part> parts, float[] weights) {
    List<Tensor> inputs = new ArrayList<>(List.of(weight));
    float[] amounts = new float[parts.size()];
    for (int i = 0; i < amounts.length; i++) {
      inputs.addAll(lowRank(work, site, parts.get(i).factors()));
      amounts[i] = amount(parts.get(i), weights);
    }
    inputs.add(Tensor.of(work, Shape.of(amounts.length), amounts));
    return inputs;
  }

  /** Down [rank, rest] and up [out, rank], F32. */
  List<Tensor> lowRank(Scope work, Site site, Factors factors) {
    Program program = programs.lowRank(site, factors.structure());
    return program.run(work, StagedFactors.tensors(work, factors));
  }

  private Tensor one(
      Scope work,
      Site site,
      LayerParameter target,
      Tensor sum,
      Tensor base,
      Part part,
      float[] weights,
      AdapterOrder order) {
    FactorStructure structure = part.factors().structure();
    boolean additive = part.method() instanceof AdditiveMethod;
    List<Tensor> inputs = new ArrayList<>(List.of(sum));
    if (!additive && order == AdapterOrder.FROM_BASE) {
      inputs.add(base);
    }
    inputs.addAll(StagedFactors.tensors(work, part.factors()));
    inputs.add(Tensor.of(work, Shape.of(1), amount(part, weights)));
    Program program =
        additive
            ? programs.added(site, target, structure)
            : programs.transformed(site, target, structure, order);
    return program.run(work, inputs).get(0);
  }

  /**
   * Factor of a part: its adapter's weight, its share at the site and, for a delta, its own scale.
   */
  static float amount(Part part, float[] weights) {
    return (float) (weights[part.adapter()] * part.share() * part.scale());
  }
}
