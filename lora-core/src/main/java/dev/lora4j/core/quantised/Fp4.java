package dev.lora4j.core.quantised;

import dev.lora4j.core.nn.QuantisedWeight;
import dev.lora4j.core.nn.WeightForm;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;

/**
 * Four bits per number as small floating-point numbers, as bitsandbytes has them.
 *
 * @param block numbers with one scale
 * @param doubled whether scales are rounded too
 */
@Extension(
    point = Quantisation.class,
    name = "fp4",
    help = "4 bits, as small floating-point numbers")
public record Fp4(
    @Setting(help = "Numbers with one scale", defaultValue = "64", min = 32, max = 4096) int block,
    @Setting(help = "Round the scales too", name = "double", defaultValue = "true") boolean doubled)
    implements Quantisation {
  @Override
  public WeightForm form() {
    return packed();
  }

  private BlockForm packed() {
    return BlockForm.of(CodeBook.FP4, block, doubled);
  }

  @Override
  public QuantisedWeight quantised(float[] values, Shape shape) {
    return packed().rounded(values, shape);
  }
}
