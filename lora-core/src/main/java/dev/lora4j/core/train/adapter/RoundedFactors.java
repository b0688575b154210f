package dev.lora4j.core.train.adapter;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Factors in the type that they are stored in.
 *
 * @param factors by canonical name of the layer
 * @param stored the type
 * @param values how many numbers they are
 * @param vanished how many of them are so small that they became 0
 * @param overflowed how many of them are too large for the type
 */
public record RoundedFactors(
    Map<String, List<Factors>> factors, DType stored, long values, long vanished, long overflowed) {
  /** Share of elements that are near 0 by chance: one in this many. */
  private static final long ONE_IN = 1000;

  /** Copies the map. */
  public RoundedFactors {
    factors = Map.copyOf(factors);
  }

  /**
   * Rounds each value once.
   *
   * @param exact tensors that stay as they are, by identity
   */
  static RoundedFactors of(
      Map<String, List<Factors>> factors, DType stored, Set<HostTensor> exact) {
    Map<String, List<Factors>> all = new HashMap<>();
    long[] counts = new long[3];
    factors.forEach(
        (site, some) -> {
          List<Factors> rounded = new ArrayList<>();
          for (Factors one : some) {
            Map<String, HostTensor> tensors = new TreeMap<>();
            one.tensors()
                .forEach(
                    (role, t) ->
                        tensors.put(role, exact.contains(t) ? t : rounded(t, stored, counts)));
            rounded.add(Factors.of(one.method(), tensors, one.settings()));
          }
          all.put(site, List.copyOf(rounded));
        });
    return new RoundedFactors(all, stored, counts[0], counts[1], counts[2]);
  }

  private static HostTensor rounded(HostTensor tensor, DType stored, long[] counts) {
    if (!tensor.dtype().floating()) {
      return tensor;
    }
    double[] before = tensor.doubles();
    HostTensor rounded = HostTensor.of(stored, tensor.shape(), before);
    double[] after = rounded.doubles();
    counts[0] += before.length;
    for (int i = 0; i < before.length; i++) {
      counts[1] += after[i] == 0 && before[i] != 0 ? 1 : 0;
      counts[2] += Double.isFinite(before[i]) && !Double.isFinite(after[i]) ? 1 : 0;
    }
    return rounded;
  }

  /** Sentence about the loss of precision; empty if it is not worth one. */
  public Optional<String> lost() {
    if (overflowed > 0) {
      return Optional.of(
          overflowed
              + " of "
              + values
              + " trained values are too large for "
              + stored
              + "; store BF16 or F32.");
    }
    if (vanished > values / ONE_IN) {
      return Optional.of(
          vanished
              + " of "
              + values
              + " trained values are so small that they became 0 in "
              + stored
              + "; BF16 or F32 keeps them.");
    }
    return Optional.empty();
  }
}
