package dev.lora4j.core.lowrank;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.full.FullDelta;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.lowrank.GramDecomposer.Decomposed;
import dev.lora4j.core.lowrank.MatrixDecomposer.Directions;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.List;
import java.util.Optional;

/**
 * Makes factors of changes that were computed, one site at a time: as they are, or cut to a rank.
 * They are rounded once to the type they are stored in, and have scale 1.
 */
public final class ComputedFactors {
  /** A truncated change and the result of the truncation. */
  public record Cut(Factors factors, SiteTruncation truncation) {}

  private final Scope scope;
  private final DType stored;
  private final MatrixDecomposer wholes;
  private final GramDecomposer products;
  private Optional<RangeFinder> range = Optional.empty();

  /** Compiles its programs in {@code scope}, when they are first needed. */
  public ComputedFactors(Scope scope, DType stored) {
    this.scope = scope;
    this.stored = stored;
    this.wholes = new MatrixDecomposer(scope);
    this.products = new GramDecomposer(scope);
  }

  /** The type that factors are stored in. */
  public DType stored() {
    return stored;
  }

  /** Finds the directions of whole changes by random projection, which is a little less precise. */
  public ComputedFactors randomised(RangeFinder how) {
    range = Optional.of(how);
    return this;
  }

  /**
   * A change that is stored whole.
   *
   * @param change F32, with as many elements as the parameter
   * @throws AdapterException if it is too great for the type
   */
  public Factors whole(Site site, LayerParameter target, Tensor change) {
    Shape shape = target == LayerParameter.WEIGHT ? site.weight() : Shape.of(site.out());
    HostTensor value = rounded(change).reshape(shape);
    if (!value.finite()) {
      throw new AdapterException(
          "The change of the "
              + target.parameter()
              + " of "
              + site.name()
              + " is not finite in "
              + stored
              + (stored == DType.F16 ? "; store it as F32 or BF16." : "."));
    }
    return FullDelta.factors(site, target, value);
  }

  /**
   * A product of two factors that is stored as it is.
   *
   * @param down F32 [rank, rest]
   * @param up F32 [out, rank]
   */
  public Factors product(Site site, Tensor down, Tensor up) {
    int rank = Math.toIntExact(down.shape().size(0));
    HostTensor first = rounded(down).reshape(LowRank.down(site, rank));
    HostTensor second = rounded(up).reshape(LowRank.up(site, rank));
    SiteFactors.requireFinite(site, first, second);
    return LoraMath.factors(first, second, rank);
  }

  /**
   * A product of two factors that are rounded already, likewise.
   *
   * @param down {@link #stored} of [rank, rest]
   * @param up {@link #stored} of [out, rank]
   */
  public Factors product(Site site, HostTensor down, HostTensor up) {
    int rank = Math.toIntExact(up.shape().elements() / site.out());
    HostTensor first = down.reshape(LowRank.down(site, rank));
    HostTensor second = up.reshape(LowRank.up(site, rank));
    SiteFactors.requireFinite(site, first, second);
    return LoraMath.factors(first, second, rank);
  }

  /**
   * The nearest LoRA to a whole change.
   *
   * @param matrix F32 [out, rest]
   */
  public Cut cut(Scope work, Site site, Tensor matrix, RankRule rule) {
    Directions all =
        range
            .map(r -> wholes.randomised(work, matrix, rule.most(), r))
            .orElseGet(() -> wholes.exact(work, matrix, rule.seen()));
    int rank = rule.rank(all.spectrum());
    List<HostTensor> pair = wholes.cut(all, rank, stored);
    return cut(site, pair, rank, all.spectrum());
  }

  /**
   * The nearest LoRA to a product of two factors.
   *
   * @param down F32 [rank, rest]
   * @param up F32 [out, rank]
   */
  public Cut cut(Scope work, Site site, Tensor down, Tensor up, RankRule rule) {
    long inner = down.shape().size(0);
    Tensor downs = down.view(work, 0, Shape.of(1, inner, site.rest()));
    Tensor ups = up.view(work, 0, Shape.of(1, site.out(), inner));
    Decomposed all = products.decompose(work, downs, ups);
    Spectrum spectrum = all.spectra().get(0);
    int rank = rule.rank(spectrum);
    return cut(site, products.cut(all, rank, stored), rank, spectrum);
  }

  private static Cut cut(Site site, List<HostTensor> pair, int rank, Spectrum spectrum) {
    HostTensor down = pair.get(0).reshape(Shape.of(1, rank, site.rest()));
    HostTensor up = pair.get(1).reshape(Shape.of(1, site.out(), rank));
    return new Cut(SiteFactors.of(site, 0, down, up, rank, 1), new SiteTruncation(spectrum, rank));
  }

  /** A tensor of a site's factors in the type that they are stored in. */
  HostTensor rounded(Site site, HostTensor tensor) {
    if (tensor.dtype() == stored) {
      return tensor;
    }
    try (Scope work = scope.child("factor")) {
      HostTensor value = rounded(tensor.on(work));
      SiteFactors.requireFinite(site, value, value);
      return value;
    }
  }

  private HostTensor rounded(Tensor tensor) {
    try (Scope work = scope.child("round")) {
      return HostTensor.of(stored == tensor.dtype() ? tensor : tensor.to(work, stored));
    }
  }
}
