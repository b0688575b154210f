package dev.lora4j.core.train.calibration;

import dev.lora4j.core.nn.LayerAdapters;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteLayer;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TrainingTask;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds which layers of a model have the same input, such as queries, keys and values. */
final class LayerInputs {
  private LayerInputs() {}

  /**
   * The layers that the model has, by input, in the order in which they are met.
   *
   * @throws IllegalArgumentException if the model uses one several times, which then has several
   *     inputs
   */
  static List<List<Site>> of(TrainingTask task, Set<String> asked) {
    Map<Expr, List<Site>> inputs = new LinkedHashMap<>();
    LayerAdapters watching =
        (SiteLayer layer, Expr x) -> {
          if (layer.use() > 0 && asked.contains(layer.site().name())) {
            throw new IllegalArgumentException(
                "init = eva and init = corda go by the input of a layer, and the model uses "
                    + layer.site().name()
                    + " several times, with an input each; take another init, such as lora_ga.");
          }
          List<Site> sites = inputs.computeIfAbsent(x, input -> new ArrayList<>());
          if (asked.contains(layer.site().name()) && !sites.contains(layer.site())) {
            sites.add(layer.site());
          }
          return layer.output(x);
        };
    Staging.watched(task, at -> watching);
    return inputs.values().stream().filter(sites -> !sites.isEmpty()).toList();
  }

  /**
   * Rows of a layer's input that count, [n, width].
   *
   * @param x [..., width]
   */
  static Expr rows(Staging at, Expr x, long width) {
    Expr rows = x.detach().reshape(-1, width);
    // Layers after a selection of places see these alone, and a table is not of the samples.
    return x.shape().rank() > 2 && x.shape().size(0) != 1
        ? at.places().map(places -> rows.indexSelect(0, places)).orElse(rows)
        : rows;
  }
}
