package dev.lora4j.langchain4j;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;

/** Mixes of adapters in files. */
final class AdapterMixes {
  private AdapterMixes() {}

  /** The mix of all these at their weights. */
  static MixPlan of(Map<Path, Double> weights, Function<Path, Adapter> reader) {
    MixPlan mix = MixPlan.NONE;
    for (Map.Entry<Path, Double> one : weights.entrySet()) {
      mix = mix.with(reader.apply(one.getKey()), one.getValue());
    }
    return mix;
  }
}
