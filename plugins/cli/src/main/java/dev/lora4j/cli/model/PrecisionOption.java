package dev.lora4j.cli.model;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.model.BasePrecision;
import dev.lora4j.core.model.BasePrecision.StoredBits;
import dev.lora4j.core.quantised.Quantisation;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.spi.Extensions;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Choice of how the weights of a base are rounded. */
public final class PrecisionOption {
  @Option(
      names = "--base-precision",
      paramLabel = "NAME",
      description =
          "Keep the base's large weights in few bits: nf4, fp4, int8 or fp8; settings follow a"
              + " colon, as in nf4:block=128,double=false. Less memory, a little less exact. Of"
              + " a base that is in few bits, full makes numbers (faster, more memory), and stored"
              + " keeps the bits of a GGUF file.")
  public Optional<String> name = Optional.empty();

  /** Words of the command line that choose it. */
  List<String> words() {
    return name.map(n -> List.of("--base-precision", n)).orElse(List.of());
  }

  /**
   * The precision of a base that is computed in a type.
   *
   * @throws Failure if there is no such rounding
   */
  public BasePrecision of(DType compute) {
    BasePrecision plain = BasePrecision.in(compute);
    return name.map(
            n ->
                StoredBits.named(n)
                    .map(plain::with)
                    .orElseGet(() -> plain.quantised(quantisation(n))))
        .orElse(plain);
  }

  /** True if large weights of the base are rounded to few bits. */
  public boolean rounds() {
    return name.filter(n -> StoredBits.named(n).isEmpty()).isPresent();
  }

  private static Quantisation quantisation(String request) {
    return Failure.usage(
        "--base-precision", () -> Extensions.installed().make(Quantisation.class, request));
  }
}
