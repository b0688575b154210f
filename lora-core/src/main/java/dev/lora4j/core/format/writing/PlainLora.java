package dev.lora4j.core.format.writing;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import java.util.ArrayList;
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
    Map<String, Integer> changed = new TreeMap<>();
    for (Map.Entry<String, List<Factors>> site : adapter.sites().entrySet()) {
      List<Factors> plain =
          site.getValue().stream()
              // Scales can be multiplied into the factors of a LoRA alone.
              .map(f -> layout.keeps(f) && !options.fold() ? f : Methods.lora(f))
              .toList();
      for (int i = 0; i < plain.size(); i++) {
        Factors before = site.getValue().get(i);
        if (!plain.get(i).equals(before)) {
          changed.merge(before.method(), 1, Integer::sum);
        }
      }
      sites.put(site.getKey(), plain);
    }
    List<String> changes = new ArrayList<>();
    changed.forEach(
        (method, layers) ->
            changes.add(
                "%d layers of %s are written as the LoRA that they are."
                    .formatted(layers, method)));
    return changes.isEmpty()
        ? new PlainLora(adapter, changes)
        : new PlainLora(new Adapter(adapter.name(), sites, adapter.metadata()), changes);
  }
}
