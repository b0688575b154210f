package dev.lora4j.core.adapter.loha;

import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.LayerMath;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.List;
import java.util.Map;

/**
 * One of the two changes whose product is LoHa's.
 *
 * @param left role of [out, rank]; with a core [rank, out]
 * @param right role of [rank, rest]; with a core [rank, in]
 * @param core role of [rank, rank, kernel sizes], if there is one
 */
record HadamardFactor(String left, String right, String core) {
  static final List<HadamardFactor> BOTH =
      List.of(
          new HadamardFactor("hada_w1_a", "hada_w1_b", "hada_t1"),
          new HadamardFactor("hada_w2_a", "hada_w2_b", "hada_t2"));

  void read(SiteTensors in, long rank, boolean tucker, Map<String, HostTensor> tensors) {
    Site site = in.site();
    if (tucker) {
      Shape shape = site.weight().with(0, rank).with(1, rank);
      if (!site.convolution()) {
        throw in.wrong(core, "absent, as only convolutions have a Tucker core");
      }
      tensors.put(core, in.tensor(core, shape));
      tensors.put(left, in.tensor(left, Shape.of(rank, site.out())));
      tensors.put(right, in.tensor(right, Shape.of(rank, site.in())));
    } else {
      tensors.put(left, in.tensor(left, Shape.of(site.out(), rank)));
      tensors.put(right, in.tensor(right, Shape.of(rank, site.rest())));
    }
  }

  FactorStructure form(FactorStructure factors) {
    int rank = factors.has(core) ? 0 : 1;
    return factors.open(left, rank).open(right, 0).open(core, 0).open(core, 1);
  }

  /** The product as up [out, rank] and down [rank, rest]. */
  LowRank product(Site site, StagedFactors factors) {
    Expr a = factors.get(left);
    Expr b = factors.get(right);
    return factors
        .find(core)
        .map(t -> new LowRank(LayerMath.contract(t, b), a.transpose(0, 1)))
        .map(p -> new LowRank(p.down().reshape(-1, site.rest()), p.up()))
        .orElse(new LowRank(b, a));
  }
}
