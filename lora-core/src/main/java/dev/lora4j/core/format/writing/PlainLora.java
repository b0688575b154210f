package dev.lora4j.core.format.writing;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.adalora.AdaloraMethod;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An adapter for a layout: what is a LoRA in a form that the layout has not got is that LoRA.
 *
 * @param changes as sentences for the user
 */
record PlainLora(Adapter adapter, List<String> changes) {
  static PlainLora of(Adapter adapter, AdapterWriter layout, WriteOptions options) {
    Map<String, List<Factors>> sites = new TreeMap<>();
    int changed = 0;
    for (Map.Entry<String, List<Factors>> site : adapter.sites().entrySet()) {
      List<Factors> plain =
          site.getValue().stream()
              // No alpha of AdaLoRA makes its scale 1.
              .map(f -> layout.keeps(f) && !options.fold() ? f : AdaloraMethod.lora(f))
              .toList();
      changed += plain.equals(site.getValue()) ? 0 : 1;
      sites.put(site.getKey(), plain);
    }
    if (changed == 0) {
      return new PlainLora(adapter, List.of());
    }
    return new PlainLora(
        new Adapter(adapter.name(), sites, adapter.metadata()),
        List.of(
            "AdaLoRA is written as LoRA, with the sizes of %d layers in their down factors."
                .formatted(changed)));
  }
}
