package dev.lora4j.core.lowrank;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;

/** Takes one site's factors out of those of a batch. */
final class SiteFactors {
  private SiteFactors() {}

  /**
   * LoRA factors with the change {@code scale * up * down}.
   *
   * @param index of the site in the batch
   * @param downs [sites, most, rest]
   * @param ups [sites, out, most]
   * @param rank of the result, at most {@code most}
   */
  static Factors of(
      Site site, int index, HostTensor downs, HostTensor ups, int rank, double scale) {
    int most = (int) downs.shape().size(1);
    int width = downs.dtype().bits() / 8;
    int rest = (int) downs.shape().size(2) * width;
    byte[] down = new byte[rank * rest];
    downs.bytes().get(index * most * rest, down);
    int out = (int) ups.shape().size(1);
    byte[] up = new byte[out * rank * width];
    ByteBuffer all = ups.bytes();
    for (int row = 0; row < out; row++) {
      all.get((index * out + row) * most * width, up, row * rank * width, rank * width);
    }
    Shape rows = Shape.of(rank, downs.shape().size(2));
    HostTensor first = HostTensor.owning(downs.dtype(), rows, down);
    HostTensor second = HostTensor.owning(ups.dtype(), Shape.of(out, rank), up);
    requireFinite(site, first, second);
    return LoraMath.factors(
        first.reshape(LowRank.down(site, rank)),
        second.reshape(LowRank.up(site, rank)),
        alpha(site, scale, rank));
  }

  /** Alpha of a scale, which files have as F32; one that is 0 there is taken for none. */
  static double alpha(Site site, double scale, int rank) {
    float stored = (float) (scale * rank);
    if (stored == 0 || !Float.isFinite(stored)) {
      throw new AdapterException(
          "The scale of "
              + site.name()
              + " would be "
              + scale
              + ", for which alpha is "
              + stored
              + " in F32; take a weight of another size.");
    }
    return stored;
  }

  /** Refuses factors that overflowed when they were rounded. */
  static void requireFinite(Site site, HostTensor down, HostTensor up) {
    if (!down.finite() || !up.finite()) {
      throw new AdapterException(
          "The factors of "
              + site.name()
              + " are too great for "
              + down.dtype()
              + (down.dtype() == DType.F16 ? "; store them as F32 or BF16." : "."));
    }
  }
}
