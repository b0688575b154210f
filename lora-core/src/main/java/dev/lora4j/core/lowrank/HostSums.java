package dev.lora4j.core.lowrank;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.HostTensor;
import java.util.Set;

/**
 * Sums of stored factors on the Java heap, where they lie and where the result goes. They take one
 * multiplication for each number; to bring them into native memory and back would cost more.
 */
final class HostSums {
  private static final Set<DType> TYPES = Set.of(DType.F32, DType.F16, DType.BF16);

  private HostSums() {}

  /** Whether it can form a sum in this type. */
  static boolean takes(SiteSum sum, DType stored) {
    return TYPES.contains(stored)
        && sum.parts().stream()
            .allMatch(p -> p.form() == Part.Form.STORED && TYPES.contains(p.dtype()));
  }

  /** The factors of all parts side by side, those of up times their ratio to the share. */
  static Factors of(SiteSum sum, DType stored) {
    Site site = sum.site();
    int rank = sum.rank();
    int out = Math.toIntExact(site.out());
    int rest = Math.toIntExact(site.rest());
    float[] down = new float[Math.multiplyExact(rank, rest)];
    float[] up = new float[Math.multiplyExact(out, rank)];
    int at = 0;
    for (Part part : sum.parts()) {
      part.factors().tensor(LoraMethod.DOWN).floats(down, at * rest);
      float[] own = new float[out * part.rank()];
      part.factors().tensor(LoraMethod.UP).floats(own, 0);
      float ratio = (float) (part.coefficient() / sum.share());
      for (int row = 0; row < out; row++) {
        int from = row * part.rank();
        int to = row * rank + at;
        for (int k = 0; k < part.rank(); k++) {
          up[to + k] = own[from + k] * ratio;
        }
      }
      at += part.rank();
    }
    HostTensor downs = HostTensor.of(stored, LowRank.down(site, rank), down);
    HostTensor ups = HostTensor.of(stored, LowRank.up(site, rank), up);
    SiteFactors.requireFinite(site, downs, ups);
    return LoraMath.factors(downs, ups, sum.share() * rank);
  }
}
