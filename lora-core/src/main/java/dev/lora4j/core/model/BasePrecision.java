package dev.lora4j.core.model;

import dev.lora4j.core.quantised.Quantisation;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.spi.ExtensionRequest;
import java.util.Optional;

/**
 * Precision of a base: the type that networks compute in, and the rounding of large weights to few
 * bits, if any.
 *
 * @param compute type that is computed in; weights that are not rounded are stored in it too
 * @param quantisation how weights are rounded
 */
public record BasePrecision(DType compute, Optional<Quantisation> quantisation) {
  /** All weights in the type that is computed in. */
  public static BasePrecision in(DType compute) {
    return new BasePrecision(compute, Optional.empty());
  }

  /**
   * Text of it: the type, and after it the rounding, as in {@code F32 nf4:block=64,double=true}.
   * Records of pictures and runs have it.
   */
  public String text() {
    return quantisation
        .map(how -> compute + " " + ExtensionRequest.of(how).text())
        .orElse(compute.toString());
  }

  /** The same with large weights rounded. */
  public BasePrecision quantised(Quantisation how) {
    return new BasePrecision(compute, Optional.of(how));
  }

  /** The same computed in another type. */
  public BasePrecision computing(DType type) {
    return new BasePrecision(type, quantisation);
  }
}
