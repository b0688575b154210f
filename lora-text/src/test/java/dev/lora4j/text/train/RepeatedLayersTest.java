package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.training.CalibrationSettings;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.Dropouts;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TextExample;
import dev.lora4j.text.data.TextForm;
import dev.lora4j.text.pipeline.ClassProbabilities;
import dev.lora4j.text.pipeline.SmallClassifier;
import dev.lora4j.text.pipeline.TextClassifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training where each layer is used several times, as in an ALBERT. */
class RepeatedLayersTest {
  private static final List<String> CLASSES = List.of("a", "bb");
  private static final String LAYER = "lm.albert.encoder.albert_layer_groups.0.albert_layers.0.";

  @TempDir private static Path shared;
  private static Lora4j lora;
  private static TextClassifier model;

  @BeforeAll
  static void open() throws IOException {
    lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
    model = TextClassifier.open(lora, SmallClassifier.write("albert", shared), CLASSES);
  }

  @AfterAll
  static void close() {
    model.close();
    lora.close();
  }

  private static AdapterRecipe recipe() {
    return AdapterRecipe.DEFAULT.rank(2, 4).targets(TargetLayers.matching("*.query", "*.ffn"));
  }

  private static TrainedText train(AdapterRecipe recipe) {
    List<TextExample> examples =
        CLASSES.stream()
            .<TextExample>map(c -> new TextExample.Labelled("red fox,".repeat(c.length()), c))
            .toList();
    return TextClassifierTrainer.on(
            model, TextTrainingSettings.DEFAULT.with(recipe).steps(8, 2e-2).batch(2))
        .data(new TextDataSet(TextForm.LABELLED, examples))
        .run(step -> {});
  }

  @Test
  void layerIsOneSiteAndLearns() {
    TrainedText trained = train(recipe().dropouts(new Dropouts(0.1, 0, 0, 0)));
    assertEquals(
        Set.of(LAYER + "attention.query", LAYER + "ffn", "lm.albert.pooler", "lm.classifier"),
        trained.adapter().sites().keySet());
    assertTrue(trained.losses().get(7) < 0.5 * trained.losses().get(0), "" + trained.losses());
    MixPlan mix = MixPlan.of(trained.adapter(), 1);
    List<ClassProbabilities> told =
        model.classify(List.of("red fox,", "red fox,red fox,"), List.of(mix, mix));
    assertEquals(CLASSES, told.stream().map(ClassProbabilities::label).toList());
  }

  @Test
  void gradientsOfALayerCountAllItsUses() {
    TrainedText trained =
        train(
            recipe().start(FactorInit.LORA_GA).calibration(CalibrationSettings.DEFAULT.batches(2)));
    assertTrue(trained.losses().get(7) < 0.5 * trained.losses().get(0), "" + trained.losses());
  }

  @Test
  void statisticsOfOneInputAreRefused() {
    for (FactorInit init : List.of(FactorInit.EVA, FactorInit.CORDA)) {
      String told =
          assertThrows(IllegalArgumentException.class, () -> train(recipe().start(init)))
              .getMessage();
      assertTrue(told.contains(LAYER + "attention.query several times"), told);
    }
  }
}
