package dev.lora4j.text.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TextExample;
import dev.lora4j.text.data.TextForm;
import dev.lora4j.text.train.TextClassifierTrainer;
import dev.lora4j.text.train.TextTrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters whose heads tell 2, 3 and 4 classes apart, on one base. */
class RoutedClassifierTest {
  private static final Lora4j LORA = Lora4j.open(EngineOptions.DEFAULT.threads(1));
  private static final Map<String, List<String>> ROUTES =
      Map.of(
          "mood", List.of("angry", "pleased"),
          "topic", List.of("billing", "delivery", "technical"),
          "when", List.of("later", "now", "soon", "today"));
  private static final List<String> TEXTS =
      List.of("red fox", "the red fox, a cat", "a cat", "fox", "cat, cat, the cat");

  @TempDir private Path temporary;

  @AfterAll
  static void close() {
    LORA.close();
  }

  private Map<String, Path> adapters(Path base) {
    Map<String, Path> files = new LinkedHashMap<>();
    ROUTES.forEach((name, labels) -> files.put(name, trained(base, name, labels)));
    return files;
  }

  private Path trained(Path base, String name, List<String> labels) {
    List<TextExample> examples =
        labels.stream()
            .<TextExample>map(c -> new TextExample.Labelled("red fox,".repeat(c.length() % 5), c))
            .toList();
    TextTrainingSettings settings = TextTrainingSettings.DEFAULT.steps(3, 2e-2).batch(2);
    try (TextClassifier model = TextClassifier.open(LORA, base, labels)) {
      Adapter adapter =
          TextClassifierTrainer.on(model, settings)
              .data(new TextDataSet(TextForm.LABELLED, examples))
              .run(step -> {})
              .adapter();
      Path path = temporary.resolve(name);
      return AdapterOutput.write(
              adapter,
              model.base().family(),
              AdapterWriters.named("peft"),
              WriteOptions.EXACT,
              path)
          .path();
    }
  }

  /** Each adapter alone, on a base that was opened for its classes. */
  private static Map<String, List<ClassProbabilities>> alone(Path base, Map<String, Path> files) {
    Map<String, List<ClassProbabilities>> all = new LinkedHashMap<>();
    files.forEach(
        (name, file) -> {
          try (TextClassifier model =
              TextClassifier.open(LORA, base, ROUTES.getOrDefault(name, List.of()))) {
            MixPlan mix = MixPlan.of(model.adapter(file), 1);
            List<ClassProbabilities> found = new ArrayList<>();
            TEXTS.forEach(t -> found.addAll(model.classify(List.of(t), List.of(mix))));
            all.put(name, found);
          }
        });
    return all;
  }

  private static void same(ClassProbabilities wanted, ClassProbabilities found) {
    assertEquals(wanted.labels(), found.labels());
    for (int i = 0; i < wanted.values().size(); i++) {
      assertEquals(wanted.values().get(i), found.values().get(i), 1e-5);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bert-plain", "roberta", "distilbert", "electra", "modernbert", "llama"})
  void eachTextIsToldAsByItsAdapterAlone(String model) throws IOException {
    Path base = SmallClassifier.write(model, temporary.resolve("base"));
    Map<String, Path> files = adapters(base);
    Map<String, List<ClassProbabilities>> wanted = alone(base, files);
    try (RoutedClassifier routed = RoutedClassifier.open(LORA, base, files)) {
      assertEquals(List.of("mood", "topic", "when"), routed.names());
      List<String> names = new ArrayList<>();
      List<String> texts = new ArrayList<>();
      for (int i = 0; i < TEXTS.size(); i++) {
        for (String name : files.keySet()) {
          names.add(name);
          texts.add(TEXTS.get(i));
        }
      }
      List<ClassProbabilities> found = routed.classify(names, texts);
      for (int i = 0; i < found.size(); i++) {
        int text = TEXTS.indexOf(texts.get(i));
        same(wanted.getOrDefault(names.get(i), List.of()).get(text), found.get(i));
      }
      // Adapters that say the same would make this prove nothing.
      assertTrue(
          Math.abs(found.get(0).probability() - found.get(files.size()).probability()) > 1e-4
              || !found.get(0).labels().equals(found.get(1).labels()));
    }
  }

  @Test
  void hundredThreadsGetTheirOwnAnswers() throws Exception {
    Path base = SmallClassifier.write("bert-plain", temporary.resolve("base"));
    Map<String, Path> files = adapters(base);
    Map<String, List<ClassProbabilities>> wanted = alone(base, files);
    List<String> names = List.copyOf(files.keySet());
    ExecutorService threads = Executors.newFixedThreadPool(100);
    try (RoutedClassifier routed = RoutedClassifier.open(LORA, base, files)) {
      List<Callable<ClassProbabilities>> tasks = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        String name = names.get(i % names.size());
        String text = TEXTS.get(i % TEXTS.size());
        tasks.add(() -> routed.classify(name, text));
      }
      List<Future<ClassProbabilities>> found = threads.invokeAll(tasks);
      for (int i = 0; i < found.size(); i++) {
        same(
            wanted.getOrDefault(names.get(i % names.size()), List.of()).get(i % TEXTS.size()),
            found.get(i).get());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void unknownAndUnfitAdaptersAreRefusedByName() throws IOException {
    Path base = SmallClassifier.write("bert-plain", temporary.resolve("base"));
    Map<String, Path> files = adapters(base);
    Path four = files.remove("when");
    try (RoutedClassifier routed = RoutedClassifier.open(LORA, base, files)) {
      assertEquals(
          "There is no adapter 'when'; there are mood, topic.",
          assertThrows(IllegalArgumentException.class, () -> routed.classify("when", "fox"))
              .getMessage());
      String wide =
          assertThrows(IllegalArgumentException.class, () -> routed.add("when", four)).getMessage();
      assertTrue(wide.contains("4 classes") && wide.contains("for 3 at most"), wide);
      routed.remove("topic");
      assertEquals(List.of("mood"), routed.names());
      routed.add("topic", files.get("topic"));
      assertEquals(ROUTES.get("topic"), routed.labels("topic"));
    }
    String none =
        assertThrows(
                IllegalArgumentException.class,
                () -> RoutedClassifier.open(LORA, base, Map.of("base", base)))
            .getMessage();
    assertTrue(none.contains("no head that tells classes of texts apart"), none);
    assertThrows(IllegalArgumentException.class, () -> RoutedClassifier.open(LORA, base, Map.of()));
  }
}
