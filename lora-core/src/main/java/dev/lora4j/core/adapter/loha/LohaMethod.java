package dev.lora4j.core.adapter.loha;

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
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * LoHa on linear layers and convolutions: {@code delta = (w1_a * w1_b) o (w2_a * w2_b)}, element by
 * element, scale {@code alpha / rank}. With Tucker cores each half is {@code sum over p, q of
 * w_a[p, out] * t[p, q, kernel] * w_b[q, in]}.
 */
@Extension(
    point = AdapterMethod.class,
    name = LohaMethod.NAME,
    help = "LoHa: the element-wise product of two LoRAs")
public final class LohaMethod implements AdditiveMethod {
  /** Its name. */
  public static final String NAME = "loha";

  @Override
  public Set<Site.Kind> kinds() {
    return Set.of(Site.Kind.LINEAR, Site.Kind.CONVOLUTION);
  }

  @Override
  public Set<String> roles() {
    return Set.of(
        "hada_w1_a",
        "hada_w1_b",
        "hada_w2_a",
        "hada_w2_b",
        "hada_t1",
        "hada_t2",
        ALPHA,
        Alpha.SCALE,
        Alpha.SCALAR);
  }

  @Override
  public boolean recognises(SiteTensors tensors) {
    return tensors.has("hada_w1_a") || tensors.has("hada_w2_a");
  }

  @Override
  public Factors read(SiteTensors in) {
    boolean tucker = in.has("hada_t1") || in.has("hada_t2");
    long rank = in.size("hada_w1_b", 0);
    Map<String, HostTensor> tensors = new TreeMap<>();
    for (HadamardFactor half : HadamardFactor.BOTH) {
      half.read(in, rank, tucker, tensors);
    }
    Alpha.readScalar(in, tensors);
    return Factors.of(NAME, tensors, Map.of(ALPHA, Alpha.read(in, rank)));
  }

  /** The left factors have the rows; Tucker's are columns there, and only of convolutions. */
  @Override
  public Factors rows(Site whole, Factors factors, RowSlice share) {
    if (factors.tensors().containsKey("hada_t1")) {
      return AdditiveMethod.super.rows(whole, factors, share);
    }
    SortedMap<String, HostTensor> tensors = new TreeMap<>(factors.tensors());
    HadamardFactor.BOTH.forEach(
        half -> tensors.computeIfPresent(half.left(), (role, t) -> share.of(t)));
    return new Factors(NAME, tensors, factors.settings());
  }

  @Override
  public OptionalLong chosenRank(FactorStructure factors) {
    return OptionalLong.of(factors.shape("hada_w1_b").size(0));
  }

  @Override
  public FactorStructure form(FactorStructure factors) {
    FactorStructure form = factors.without(ALPHA);
    for (HadamardFactor half : HadamardFactor.BOTH) {
      form = half.form(form);
    }
    return form;
  }

  @Override
  public double scale(FactorStructure factors) {
    return factors.number(ALPHA) / factors.shape("hada_w1_b").size(0);
  }

  /** Its square: the product of two sums over the rank is one sum over all pairs. */
  @Override
  public OptionalInt rank(Site site, FactorStructure factors) {
    long rank = factors.shape("hada_w1_b").size(0);
    long elements = rank * rank * (site.out() + site.rest());
    return site.groups() > 1 || elements >= site.weight().elements()
        ? OptionalInt.empty()
        : OptionalInt.of(Math.toIntExact(rank * rank));
  }

  @Override
  public LowRank lowRank(Site site, StagedFactors factors) {
    LowRank one = HadamardFactor.BOTH.get(0).product(site, factors);
    LowRank two = HadamardFactor.BOTH.get(1).product(site, factors);
    Expr up = one.up().unsqueeze(2).mul(two.up().unsqueeze(1)).reshape(site.out(), -1);
    Expr down = one.down().unsqueeze(1).mul(two.down().unsqueeze(0)).reshape(-1, site.rest());
    Shape shape = LowRank.up(site, -1);
    return new LowRank(
        down.reshape(LowRank.down(site, -1).sizes()),
        Alpha.scaled(factors, up).reshape(shape.sizes()));
  }

  @Override
  public Expr delta(Site site, StagedFactors factors) {
    Expr one = HadamardFactor.BOTH.get(0).product(site, factors).product(site);
    Expr two = HadamardFactor.BOTH.get(1).product(site, factors).product(site);
    return Alpha.scaled(factors, one.mul(two));
  }
}
