package dev.lora4j.core.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Names of weights and sites where the outermost level of a network's names is missing. */
class MissingLevelTest {
  private final List<String> found = new ArrayList<>();

  private Weights whole() {
    return Weights.of(
        new Graph(),
        "lm",
        (graph, parameter) -> {
          found.add(parameter.name());
          return graph.input(parameter.name(), DType.F32, parameter.shape());
        },
        (layer, x) -> {
          found.add(layer.site().name());
          return layer.output(x);
        });
  }

  private static void linear(Weights weights, String name) {
    Expr x = weights.graph().input("x", DType.F32, Shape.of(1, 4));
    weights.linear(name, x, 4, false);
  }

  @Test
  void levelIsLeftOutOfWeightsAndSites() {
    Weights weights = whole().without("model.");
    linear(weights.at("model").at("layers", 0), "up");
    assertEquals(List.of("layers.0.up.weight", "lm.layers.0.up"), found);
  }

  @Test
  void namesThatOnlyBeginLikeItStay() {
    Weights weights = whole().without("model.");
    linear(weights.at("models"), "up");
    linear(weights, "modelled");
    assertEquals(
        List.of("models.up.weight", "lm.models.up", "modelled.weight", "lm.modelled"), found);
  }

  /** A level of the same name further inside belongs to the network. */
  @Test
  void onlyTheOutermostLevelIsMissing() {
    Weights weights = whole().without("model.");
    linear(weights.at("model").at("layers", 0).at("model"), "up");
    linear(weights.at("model").use(1).at("model"), "up");
    assertEquals(
        List.of(
            "layers.0.model.up.weight", "lm.layers.0.model.up", "model.up.weight", "lm.model.up"),
        found);
  }
}
