package dev.lora4j.core.mixer;

import dev.lora4j.core.adapter.Adapter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Keys of the random numbers of each adapter: a seed and the adapter's identity, so that its
 * position among others has no effect. Identities are computed with the first number, as most
 * mixers draw none.
 */
final class RandomKeys {
  private final List<Adapter> adapters;
  private final long seed;
  private final List<Long> keys = new ArrayList<>();

  RandomKeys(List<Adapter> adapters, long seed) {
    this.adapters = List.copyOf(adapters);
    this.seed = seed;
  }

  /**
   * The key of numbers for a parameter.
   *
   * @param adapter its number among the adapters
   * @param of which numbers of the parameter, empty if it has but one kind
   */
  synchronized long of(int adapter, MixedParameter parameter, String of) {
    if (keys.isEmpty()) {
      fill();
    }
    String[] words =
        of.isEmpty() ? new String[] {parameter.name()} : new String[] {parameter.name(), of};
    return UniformNumbers.key(keys.get(adapter), words);
  }

  private void fill() {
    List<String> identities = adapters.stream().map(Adapter::identity).toList();
    for (int i = 0; i < identities.size(); i++) {
      // The same adapter twice draws twice.
      int before = Collections.frequency(identities.subList(0, i), identities.get(i));
      keys.add(UniformNumbers.key(seed, identities.get(i), Integer.toString(before)));
    }
  }
}
