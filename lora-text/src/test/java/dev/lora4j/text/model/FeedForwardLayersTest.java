package dev.lora4j.text.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.adapter.TargetPreset;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which layers the presets take of each family, by the last parts of their names. */
class FeedForwardLayersTest {
  /** Layers of one block that are in the larger preset and not in the smaller one. */
  @ParameterizedTest
  @CsvSource({
    "bert, intermediate.dense output.dense",
    "roberta, intermediate.dense output.dense",
    "distilbert, ffn.lin1 ffn.lin2",
    "electra, intermediate.dense output.dense",
    "modernbert, mlp.Wi mlp.Wo",
    "albert, ffn ffn_output",
    "deberta, intermediate.dense output.dense",
    "llama, mlp.down_proj mlp.gate_proj mlp.up_proj",
    "phi3, mlp.down_proj mlp.gate_up_proj",
    "gpt-neox, mlp.dense_4h_to_h mlp.dense_h_to_4h",
    "opt, fc1 fc2",
    "gpt2, mlp.c_fc mlp.c_proj",
    "t5, DenseReluDense.wi DenseReluDense.wo"
  })
  void feedForwardLayersAreTaken(String model, String layers) {
    try (Engine engine = Engine.open(EngineOptions.DEFAULT.threads(1));
        Scope scope = engine.scope("layers")) {
      Path folder = Path.of("src/test/resources/models").resolve(model);
      List<Site> all = TextModel.load(scope, folder, DType.F32).sites().all().stream().toList();
      List<Site> attention = TargetPreset.ATTENTION.among(all);
      String found =
          String.join(
              " ",
              TargetPreset.ATTENTION_FEED_FORWARD.among(all).stream()
                  .filter(s -> !attention.contains(s))
                  .map(s -> s.name().replaceFirst(".*\\.([^.]+\\.[^.]+)$", "$1"))
                  .map(s -> s.matches("\\d+\\..*") ? s.substring(s.indexOf('.') + 1) : s)
                  .distinct()
                  .sorted()
                  .toList());
      assertEquals(layers, found);
    }
  }
}
