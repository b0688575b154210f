package dev.lora4j.core.adapter.lora;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.Alpha;
import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.RowSlice;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * LoRA (Hu et al. 2021) on linear layers, convolutions and embeddings, with or without a Tucker
 * core: {@code delta = up * down}, scale {@code alpha / rank}.
 *
 * <p>rsLoRA (Kalajdzievski 2023) is the same with {@code alpha * sqrt(rank)} for an alpha.
 */
@Extension(
    point = AdapterMethod.class,
    name = LoraMethod.NAME,
    help = "LoRA: the product of two factors, also of convolutions")
public final class LoraMethod implements AdditiveMethod {
  /** Its name. */
  public static final String NAME = "lora";

  /** Role of the factor that the input meets first. */
  public static final String DOWN = "lora_down.weight";

  /** Role of the factor that gives the output. */
  public static final String UP = "lora_up.weight";

  /** Role of the Tucker core [rank, rank, kernel sizes] between them. */
  public static final String MID = "lora_mid.weight";

  /** Role of the sizes of directions, with which the factors are AdaLoRA's. */
  public static final String SIZES = "lora_E";

  @Override
  public Set<Site.Kind> kinds() {
    return Set.of(Site.Kind.LINEAR, Site.Kind.CONVOLUTION, Site.Kind.EMBEDDING);
  }

  @Override
  public Set<String> roles() {
    return Set.of(DOWN, UP, MID, ALPHA, Alpha.SCALE, Alpha.SCALAR);
  }

  @Override
  public boolean recognises(SiteTensors tensors) {
    return tensors.has(DOWN) && tensors.has(UP) && !tensors.has(SIZES);
  }

  @Override
  public Factors read(SiteTensors in) {
    Site site = in.site();
    long rank = in.tensor(DOWN).shape().rank() == 0 ? 0 : in.tensor(DOWN).shape().size(0);
    if (rank == 0) {
      throw in.wrong(DOWN, "of at least one row; factors of rank 0 change nothing");
    }
    Map<String, HostTensor> tensors = new TreeMap<>();
    if (in.has(MID)) {
      Shape mid = in.tensor(MID).shape();
      if (!site.convolution() || mid.rank() != site.weight().rank() || mid.size(1) != rank) {
        throw in.wrong(MID, core(site, Shape.UNKNOWN, rank) + " of a convolution");
      }
      tensors.put(MID, in.tensor(MID, core(site, mid.size(0), rank)));
      tensors.put(DOWN, in.tensor(DOWN, LowRank.point(site, rank, site.in())));
      tensors.put(UP, in.tensor(UP, LowRank.point(site, site.out(), mid.size(0))));
    } else {
      tensors.put(DOWN, in.tensor(DOWN, LowRank.down(site, rank)));
      tensors.put(UP, in.tensor(UP, LowRank.up(site, rank)));
    }
    Alpha.readScalar(in, tensors);
    return Factors.of(NAME, tensors, Map.of(ALPHA, Alpha.read(in, rank)));
  }

  private static Shape core(Site site, long left, long right) {
    return site.weight().with(0, left).with(1, right);
  }

  /** The up factor has the rows; a down factor that all share is copied. */
  @Override
  public Factors rows(Site whole, Factors factors, RowSlice share) {
    return LoraRowSlice.of(factors, share);
  }

  @Override
  public OptionalLong chosenRank(FactorStructure factors) {
    return OptionalLong.of(factors.shape(DOWN).size(0));
  }

  @Override
  public FactorStructure form(FactorStructure factors) {
    return factors.open(DOWN, 0).open(UP, 1).open(MID, 0).open(MID, 1).without(ALPHA);
  }

  @Override
  public double scale(FactorStructure factors) {
    return factors.number(ALPHA) / factors.shape(DOWN).size(0);
  }

  @Override
  public OptionalInt rank(Site site, FactorStructure factors) {
    long rank = factors.shape(factors.has(MID) ? MID : DOWN).size(0);
    boolean grouped = site.groups() > 1;
    return grouped ? OptionalInt.empty() : OptionalInt.of(Math.toIntExact(rank));
  }

  @Override
  public LowRank lowRank(Site site, StagedFactors factors) {
    return LoraMath.pair(site, factors);
  }

  @Override
  public Expr delta(Site site, StagedFactors factors) {
    return LoraMath.pair(site, factors).product(site);
  }

  @Override
  public Expr unmerged(Site site, Expr x, StagedFactors factors) {
    if (site.groups() > 1 || site.kind() == Site.Kind.EMBEDDING) {
      return AdditiveMethod.super.unmerged(site, x, factors);
    }
    return LoraMath.pair(site, factors).unmerged(site, x);
  }
}
