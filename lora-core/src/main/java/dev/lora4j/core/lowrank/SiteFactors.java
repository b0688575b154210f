package dev.lora4j.core.lowrank;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.HostTensor;
import dev.lora4j.core.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

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
    ByteBuffer down = downs.bytes().slice(index * most * rest, rank * rest);
    int out = (int) ups.shape().size(1);
    ByteBuffer up = ByteBuffer.allocate(out * rank * width).order(ByteOrder.LITTLE_ENDIAN);
    for (int row = 0; row < out; row++) {
      up.put(ups.bytes().slice((index * out + row) * most * width, rank * width));
    }
    HostTensor first = HostTensor.of(downs.dtype(), Shape.of(rank, downs.shape().size(2)), down);
    HostTensor second = HostTensor.of(ups.dtype(), Shape.of(out, rank), up.flip());
    if (!first.finite() || !second.finite()) {
      throw new AdapterException(
          "The factors of "
              + site.name()
              + " are too great for "
              + downs.dtype()
              + "; store them as F32 or BF16.");
    }
    return LoraMath.factors(
        first.reshape(LowRank.down(site, rank)),
        second.reshape(LowRank.up(site, rank)),
        scale * rank);
  }
}
