package dev.lora4j.core.adapter.pruning;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Pruning of a LoRA by the size of its elements: in each factor those with the least score become
 * 0, the size of the element times the length of the other factor's vector of the same direction.
 */
public final class MagnitudePruning {
  private final Density density;

  /**
   * Pruning to a density.
   *
   * @param density share of each factor's elements that may be other than 0, above 0, at most 1
   * @throws IllegalArgumentException if it is another number
   */
  public MagnitudePruning(double density) {
    this(new Density(density));
  }

  MagnitudePruning(Density density) {
    this.density = density;
  }

  /**
   * The adapter with each of its LoRAs pruned.
   *
   * @throws AdapterException if a layer has factors of another method, or a Tucker core
   */
  public Adapter of(Adapter adapter) {
    Map<String, List<Factors>> pruned = new LinkedHashMap<>();
    adapter
        .sites()
        .forEach((site, all) -> pruned.put(site, all.stream().map(f -> of(site, f)).toList()));
    return new Adapter(adapter.name(), pruned, adapter.metadata());
  }

  private Factors of(String site, Factors stored) {
    Factors factors = Methods.lora(stored);
    if (!factors.method().equals(LoraMethod.NAME)
        || factors.tensors().containsKey(LoraMethod.MID)) {
      throw new AdapterException(
          site
              + " has "
              + (factors.tensors().containsKey(LoraMethod.MID)
                  ? "a Tucker core"
                  : "factors of the method " + factors.method())
              + ", and only a LoRA of two factors is pruned. Make one of it by resize first.");
    }
    return of(factors);
  }

  /** The factors of a LoRA, pruned in their own type; as they are if they have enough zeros. */
  Factors of(Factors pair) {
    HostTensor down = pair.tensor(LoraMethod.DOWN);
    HostTensor up = pair.tensor(LoraMethod.UP);
    float[] rows = down.floats();
    float[] columns = up.floats();
    PairScores scores = PairScores.of(rows, columns, Math.toIntExact(down.shape().size(0)));
    Map<String, HostTensor> tensors = new LinkedHashMap<>(pair.tensors());
    tensors.put(LoraMethod.DOWN, pruned(down, rows, scores.down()));
    tensors.put(LoraMethod.UP, pruned(up, columns, scores.up()));
    return Factors.of(pair.method(), tensors, pair.settings());
  }

  private HostTensor pruned(HostTensor factor, float[] values, float[] scores) {
    BitSet zeros = PairScores.pruned(scores, density.kept(scores.length));
    boolean changed = zeros.stream().anyMatch(i -> values[i] != 0);
    if (!changed) {
      return factor;
    }
    zeros.stream().forEach(i -> values[i] = 0);
    return HostTensor.of(factor.dtype(), factor.shape(), values);
  }
}
