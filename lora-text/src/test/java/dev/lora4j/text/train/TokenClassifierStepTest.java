package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.text.data.SequenceBatches;
import dev.lora4j.text.data.TaggedText;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.pipeline.AdapterClasses;
import dev.lora4j.text.pipeline.ClassProbabilities;
import dev.lora4j.text.pipeline.SmallClassifier;
import dev.lora4j.text.pipeline.TokenClassifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Classes of words against transformers and PEFT ({@code golden/token_classes.py}). */
class TokenClassifierStepTest {
  private static final Path RESOURCES = Path.of("src/test/resources");
  private static final List<String> TAGS = List.of("O", "B-PER", "I-PER", "B-LOC", "I-LOC");
  private static final Map<String, String> ROLES =
      Map.of("down", "lora_down.weight", "up", "lora_up.weight");
  private static final Map<String, String> KEYS =
      Map.of(
          "down", "lora_A.weight",
          "up", "lora_B.weight",
          "new_weight", "weight",
          "new_bias", "bias");
  private static final Lora4j LORA = Lora4j.open(EngineOptions.DEFAULT.threads(1));

  @TempDir Path temporary;

  @AfterAll
  static void close() {
    LORA.close();
  }

  private static double[] numbers(Path file, String name) {
    try (TensorStore store = TensorStore.open(file)) {
      TensorInfo info = Objects.requireNonNull(store.tensors().get(name), name);
      return HostTensor.of(info.dtype(), info.shape(), store.read(name)).doubles();
    }
  }

  /** The three texts, as if each token were a word. */
  private static List<TaggedText> texts(Path file, double[] tags) {
    double[] ids = numbers(file, "ids");
    double[] present = numbers(file, "present");
    List<TaggedText> all = new ArrayList<>();
    for (int row = 0; row < 3; row++) {
      int from = row * 9;
      int length = (int) Arrays.stream(present, from, from + 9).sum();
      int[] own = Arrays.stream(ids, from, from + length).mapToInt(d -> (int) d).toArray();
      List<Integer> firsts =
          IntStream.range(0, length).boxed().filter(i -> tags[from + i] >= 0).toList();
      List<Integer> classes = firsts.stream().map(i -> (int) tags[from + i]).toList();
      all.add(
          new TaggedText(
              new TokenSequence(own, new boolean[length], new int[0], -1), firsts, classes));
    }
    return all;
  }

  private TokenClassifier open(String name, List<String> tags) throws IOException {
    return TokenClassifier.open(LORA, SmallClassifier.write(name, temporary.resolve(name)), tags);
  }

  /** Probabilities are those of the expected logits, of all tokens. */
  private static void assertLogits(TokenClassifier model, Path file, MixPlan mix) {
    double[] logits = numbers(file, "logits");
    List<TaggedText> texts = texts(file, new double[27]);
    List<List<ClassProbabilities>> found = model.probabilities(texts, mix, done -> {});
    for (int row = 0; row < 3; row++) {
      int length = texts.get(row).text().ids().length;
      assertEquals(length, found.get(row).size());
      for (int token = 0; token < length; token++) {
        int at = (row * 9 + token) * 5;
        double[] own = Arrays.copyOfRange(logits, at, at + 5);
        double sum = Arrays.stream(own).map(Math::exp).sum();
        for (int i = 0; i < 5; i++) {
          double expected = Math.exp(own[i]) / sum;
          assertEquals(expected, found.get(row).get(token).values().get(i), 1e-5, "token " + token);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "bert",
    "roberta",
    "distilbert",
    "llama",
    "gpt2",
    "electra",
    "modernbert",
    "albert",
    "deberta"
  })
  void logitsAreThoseOfPeft(String name) throws IOException {
    Path folder = RESOURCES.resolve("adapters").resolve(name + "-tags");
    assertTrue(AdapterClasses.ofWords(folder));
    assertEquals(5, AdapterClasses.of(folder).size());
    try (TokenClassifier model = open(name, TAGS)) {
      MixPlan mix = MixPlan.of(model.adapter(folder), 1);
      for (Route route : List.of(Route.UNMERGED, Route.MERGED)) {
        assertLogits(model, folder.resolve("expected.safetensors"), mix.route(route));
      }
    }
  }

  @Test
  void savedHeadIsThatOfTransformers() throws IOException {
    try (TokenClassifier model = open("bert-tags", List.of())) {
      assertEquals(TAGS, model.tags());
      assertTrue(model.base().started().isEmpty());
      assertLogits(model, RESOURCES.resolve("models/bert-tags/expected.safetensors"), MixPlan.NONE);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "bert, query|value, classifier, 10",
    "roberta, query|value, classifier, 10",
    "distilbert, q_lin|lin1, classifier, 10",
    "llama, q_proj|down_proj, score, 10",
    "gpt2, c_attn|c_fc, classifier, 10",
    "electra, query|value, classifier, 10",
    "modernbert, Wqkv|Wi, classifier, 18",
    "albert, query|ffn, classifier, 6",
    "deberta, query_proj|key_proj|output.dense, classifier, 18"
  })
  void lossAndGradientsAreThoseOfPeft(String name, String targets, String head, int tensors)
      throws IOException {
    Path adapter = RESOURCES.resolve("adapters").resolve(name + "-tags");
    Path file = adapter.resolve("expected.safetensors");
    try (TokenClassifier model = open(name, TAGS);
        Scope scope = model.scope().child("step")) {
      AdapterPlan plan =
          AdapterRecipe.DEFAULT
              .targets(TargetLayers.matching(targets.split("\\|", -1)))
              .rank(2, 3)
              .saved(head)
              .plan(model.base().sites().all());
      TaggedBatches texts = new TaggedBatches(texts(file, numbers(file, "tags")), List.of());
      SequenceTask task =
          new SequenceTask(
              new TagLoss(model, texts),
              plan,
              new SequenceBatches(texts.learned(), 3, 0, false),
              List.of());
      TaskLoss program = ReferenceModel.staged(task);
      FlatLayout layout = program.factors().layout();
      GradientOf gradient =
          GradientOf.of(scope, program, task, layout, start(model, adapter, layout));
      gradient.run(task.together(List.of(texts.learned())).get(0).inputs(scope));
      double expected = numbers(file, "loss")[0];
      assertEquals(expected, gradient.loss(), 1e-5 * expected);
      assertEquals(tensors, layout.slots().size());
      for (FlatLayout.Slot slot : layout.slots()) {
        assertClose(file, slot, gradient.values());
      }
    }
  }

  private static String site(FlatLayout.Slot slot) {
    String name = slot.parameter().name();
    return name.substring(0, name.lastIndexOf('.'));
  }

  private static String part(FlatLayout.Slot slot) {
    return slot.parameter().name().substring(site(slot).length() + 1);
  }

  /** The factors of the file that PEFT began with. */
  private static float[] start(TokenClassifier model, Path file, FlatLayout layout) {
    var adapter = model.adapter(file);
    float[] flat = new float[(int) layout.length()];
    for (FlatLayout.Slot slot : layout.slots()) {
      Factors factors = adapter.at(site(slot)).get(0);
      double[] values = factors.tensor(ROLES.getOrDefault(part(slot), part(slot))).doubles();
      for (int i = 0; i < values.length; i++) {
        flat[(int) slot.offset() + i] = (float) values[i];
      }
    }
    return flat;
  }

  /** By the Frobenius distance over the norm. */
  private static void assertClose(Path file, FlatLayout.Slot slot, double[] gradient) {
    String path = site(slot).substring("lm.".length());
    String key = Objects.requireNonNull(KEYS.get(part(slot)));
    double[] expected = numbers(file, "gradient/base_model.model." + path + "." + key);
    double distance = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      distance += Math.pow(gradient[(int) slot.offset() + i] - expected[i], 2);
      norm += expected[i] * expected[i];
    }
    double error = Math.sqrt(distance / norm);
    assertTrue(error <= 1e-4, slot.parameter().name() + ": " + error);
  }
}
