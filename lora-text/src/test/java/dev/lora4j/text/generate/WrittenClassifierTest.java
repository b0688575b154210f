package dev.lora4j.text.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.mix.BatchMix;
import dev.lora4j.core.mix.MergedParameter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TextExample;
import dev.lora4j.text.data.TextForm;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.model.TextModelWriter;
import dev.lora4j.text.pipeline.SmallClassifier;
import dev.lora4j.text.pipeline.TextClassifier;
import dev.lora4j.text.train.TextClassifierTrainer;
import dev.lora4j.text.train.TextTrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Classifiers all of whose layers were trained, written as folders of transformers. */
class WrittenClassifierTest {
  private static final Lora4j LORA = Lora4j.open(EngineOptions.DEFAULT.threads(1));
  private static final List<String> CLASSES = List.of("cold", "neither", "warm");

  @TempDir private Path temporary;

  @AfterAll
  static void close() {
    LORA.close();
  }

  /** What the model says with what it learned, which is then in the folder. */
  private HostTensor written(String name, Path folder) throws IOException {
    List<TextExample> examples =
        CLASSES.stream()
            .<TextExample>map(c -> new TextExample.Labelled("red fox,".repeat(c.length() % 5), c))
            .toList();
    TextTrainingSettings all = TextTrainingSettings.DEFAULT.steps(5, 1e-2).batch(2);
    TextTrainingSettings settings =
        all.with(
            all.recipe()
                .method(TrainableMethods.named("full", Map.of()))
                .targets(TargetLayers.matching("*")));
    Path base = SmallClassifier.write(name, temporary.resolve("base"));
    try (TextClassifier model = TextClassifier.open(LORA, base, CLASSES)) {
      MixPlan mix =
          MixPlan.of(
                  TextClassifierTrainer.on(model, settings)
                      .data(new TextDataSet(TextForm.LABELLED, examples))
                      .run(step -> {})
                      .adapter(),
                  1)
              .route(Route.MERGED);
      Map<String, Tensor> changed =
          new BatchMix(List.of(mix), model.base().sites(), TextModel.MODEL)
              .mergedSites(
                  model.scope(), new MergedParameter(model.scope()), model.base().weights(), 0)
              .at(mix.at(0, 1));
      TextModelWriter.write(model.base(), changed, DType.F32, folder, model.labels());
      return AskedLogits.of(model, mix);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bert",
        "bert-plain",
        "bert-words",
        "roberta",
        "distilbert",
        "electra",
        "modernbert",
        "albert",
        "albert-groups",
        "deberta",
        "deberta-convolved",
        "gpt2-classes",
        "llama-classes",
        "llama",
        "qwen3-classes",
        "gemma3-classes",
        "smollm3-classes",
        "olmo3-classes",
        "phi3-classes",
        "starcoder2-classes",
        "gpt-neox-classes",
        "opt-classes"
      })
  void classifierReadsBackWithItsClasses(String name) throws IOException {
    Path folder = temporary.resolve("written");
    HostTensor said = written(name, folder);
    try (TextClassifier model = TextClassifier.open(LORA, folder)) {
      assertEquals(CLASSES, model.labels());
      assertArrayEquals(
          said.doubles(), AskedLogits.of(model, MixPlan.NONE).doubles(), 1e-5 * largest(said));
    }
  }

  private static double largest(HostTensor all) {
    double most = 0;
    for (double each : all.doubles()) {
      most = Math.max(most, Math.abs(each));
    }
    return most;
  }

  /** Without the LLaMA that has no padding, as transformers then takes one text at a time. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "bert",
        "bert-plain",
        "bert-words",
        "roberta",
        "distilbert",
        "electra",
        "modernbert",
        "albert",
        "albert-groups",
        "deberta",
        "deberta-convolved",
        "gpt2-classes",
        "llama-classes",
        "qwen3-classes",
        "gemma3-classes",
        "smollm3-classes",
        "olmo3-classes",
        "phi3-classes",
        "starcoder2-classes",
        "gpt-neox-classes",
        "opt-classes"
      })
  @Tag("python")
  void transformersReadsTheClassifier(String name) throws IOException, InterruptedException {
    Path folder = temporary.resolve("written");
    HostTensor said = written(name, folder);
    AskedLogits.assertSame(
        "AutoModelForSequenceClassification", folder, AskedLogits.present(), false, said, CLASSES);
  }
}
