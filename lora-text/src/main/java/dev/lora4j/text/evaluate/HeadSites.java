package dev.lora4j.text.evaluate;

import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.network.LanguageNetwork;
import dev.lora4j.text.network.Seq2SeqNetwork;
import dev.lora4j.text.pipeline.LanguageModel;
import java.util.Set;
import java.util.TreeSet;

/** Layers of a head: those behind the places that are asked for, where a batch has no rows. */
public final class HeadSites {
  private HeadSites() {}

  /** Names of the sites. */
  public static Set<String> of(LanguageModel model) {
    Set<String> sites = new TreeSet<>();
    DType compute = model.base().compute();
    Graph graph = new Graph();
    Weights weights =
        Weights.of(
            graph,
            TextModel.MODEL,
            new FrozenWeights(compute, "", model.base().weights().forms()),
            (layer, x) -> {
              sites.add(layer.site().name());
              return layer.output(x);
            });
    LanguageNetwork network = model.network();
    Expr hidden = graph.input("hidden", compute, Shape.of(Shape.UNKNOWN, Shape.UNKNOWN));
    if (network instanceof CausalNetwork causal) {
      causal.logits(weights, hidden);
    } else if (network instanceof Seq2SeqNetwork both) {
      both.logits(weights, hidden);
    }
    return sites;
  }
}
