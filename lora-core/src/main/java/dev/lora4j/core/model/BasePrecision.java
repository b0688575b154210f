package dev.lora4j.core.model;

import dev.lora4j.core.quantised.Quantisation;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.spi.ExtensionRequest;
import java.util.Optional;

/**
 * Precision of a base: the type that networks compute in, and the rounding of large weights to few
 * bits, if any.
 *
 * @param compute type that is computed in; weights that are not in few bits are stored in it too
 * @param quantisation how weights are rounded
 * @param stored use of weights that files have in few bits
 */
public record BasePrecision(DType compute, Optional<Quantisation> quantisation, StoredBits stored) {
  /** Use of weights that files have in few bits. */
  public enum StoredBits {
    /** They stay as they are, but of GGUF files, which become numbers. */
    USUAL,
    /** They stay as they are: the least memory. */
    KEPT,
    /** They become numbers of the compute type: faster, where few tokens are computed at a time. */
    FULL;

    /** The use that requests call {@code full} or {@code stored}; all other names are roundings. */
    public static Optional<StoredBits> named(String request) {
      return switch (request) {
        case "full" -> Optional.of(FULL);
        case "stored" -> Optional.of(KEPT);
        default -> Optional.empty();
      };
    }
  }

  /** All weights in the type that is computed in, but for those that files have in few bits. */
  public static BasePrecision in(DType compute) {
    return new BasePrecision(compute, Optional.empty(), StoredBits.USUAL);
  }

  /** The same with large weights rounded. */
  public BasePrecision quantised(Quantisation how) {
    return new BasePrecision(compute, Optional.of(how), stored);
  }

  /** The same with another use of weights that files have in few bits. */
  public BasePrecision with(StoredBits use) {
    return new BasePrecision(compute, quantisation, use);
  }

  /** The same computed in another type. */
  public BasePrecision computing(DType type) {
    return new BasePrecision(type, quantisation, stored);
  }

  /**
   * Text of what results depend on: the type, and after it the rounding, as in {@code F32
   * nf4:block=64,double=true}. Records of pictures and runs have it.
   */
  public String text() {
    return quantisation
        .map(how -> compute + " " + ExtensionRequest.of(how).text())
        .orElse(compute.toString());
  }
}
