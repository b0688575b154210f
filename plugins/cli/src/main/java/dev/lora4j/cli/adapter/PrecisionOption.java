package dev.lora4j.cli.adapter;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** The type that factors are stored in. */
final class PrecisionOption {
  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      description =
          "Store factors in ${COMPLETION-CANDIDATES} (default: the widest of the input; f32 where"
              + " it has both f16 and bf16).")
  private Optional<FloatType> precision = Optional.empty();

  /** The type on the command line; else the narrowest type that holds the adapters' factors. */
  DType type(List<Adapter> adapters) {
    return precision.map(FloatType::type).orElseGet(() -> holding(adapters));
  }

  /** Chooses F16 or BF16: each has what the other has not, range or digits. */
  private static DType holding(List<Adapter> adapters) {
    Set<DType> found =
        adapters.stream()
            .flatMap(a -> a.sites().values().stream())
            .flatMap(List::stream)
            .flatMap(f -> f.tensors().values().stream())
            .map(HostTensor::dtype)
            .filter(t -> t == DType.F32 || t == DType.BF16 || t == DType.F16)
            .collect(Collectors.toSet());
    return found.size() == 1 ? found.iterator().next() : DType.F32;
  }

  /** The type on the command line; else {@code otherwise}. */
  DType type(DType otherwise) {
    return precision.map(FloatType::type).orElse(otherwise);
  }
}
