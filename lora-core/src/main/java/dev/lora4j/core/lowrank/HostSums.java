package dev.lora4j.core.lowrank;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.tensor.host.HostTensorWriter;
import java.util.Set;

/**
 * Sums of stored factors on the Java heap, where they lie and where the result goes. They take one
 * multiplication for each number; to bring them into native memory and back would cost more.
 */
final class HostSums {
  private static final Set<DType> TYPES = Set.of(DType.F32, DType.F16, DType.BF16);

  /** Numbers that are on the way at once: few enough to stay in the nearest cache. */
  private static final int CHUNK = 1 << 12;

  private HostSums() {}

  /** Returns true if it can form a sum in this type. */
  static boolean takes(SiteSum sum, DType stored) {
    return TYPES.contains(stored)
        && sum.parts().stream()
            .allMatch(p -> p.form() == MethodTerm.Form.STORED && TYPES.contains(p.dtype()));
  }

  /** The factors of all parts side by side, those of up times their ratio to the share. */
  static Factors of(SiteSum sum, DType stored) {
    Site site = sum.site();
    int rank = sum.rank();
    HostTensor downs = downs(sum, new HostTensorWriter(stored, LowRank.down(site, rank)));
    HostTensor ups = ups(sum, new HostTensorWriter(stored, LowRank.up(site, rank)));
    SiteFactors.requireFinite(site, downs, ups);
    return LoraMath.factors(downs, ups, SiteFactors.alpha(site, sum.share(), rank));
  }

  /** One part's rows after the other's. */
  private static HostTensor downs(SiteSum sum, HostTensorWriter result) {
    int rest = Math.toIntExact(sum.site().rest());
    float[] chunk = new float[CHUNK];
    for (MethodTerm part : sum.parts()) {
      HostTensor down = part.factors().tensor(LoraMethod.DOWN);
      int count = part.rank() * rest;
      for (int from = 0; from < count; from += CHUNK) {
        int some = Math.min(CHUNK, count - from);
        down.floats(from, some, chunk);
        result.put(chunk, some);
      }
    }
    return result.tensor();
  }

  /** Each row of all parts, some rows at a time. */
  private static HostTensor ups(SiteSum sum, HostTensorWriter result) {
    int rank = sum.rank();
    int out = Math.toIntExact(sum.site().out());
    int most = Math.max(1, CHUNK / rank);
    float[] rows = new float[most * rank];
    float[] own = new float[most * rank];
    for (int first = 0; first < out; first += most) {
      int some = Math.min(most, out - first);
      int at = 0;
      for (MethodTerm part : sum.parts()) {
        int width = part.rank();
        part.factors().tensor(LoraMethod.UP).floats(first * width, some * width, own);
        float ratio = (float) (part.coefficient() / sum.share());
        for (int row = 0; row < some; row++) {
          for (int k = 0; k < width; k++) {
            rows[row * rank + at + k] = own[row * width + k] * ratio;
          }
        }
        at += width;
      }
      result.put(rows, some * rank);
    }
    return result.tensor();
  }
}
