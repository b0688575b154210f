package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.text.data.SequenceBatches;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.pipeline.SmallClassifier;
import dev.lora4j.text.pipeline.TextClassifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A step of a classifier against transformers and PEFT ({@code golden/classifier_step.py}). */
class ClassifierStepTest {
  private static final Path RESOURCES = Path.of("src/test/resources");
  private static final Map<String, String> ROLES =
      Map.of("down", "lora_down.weight", "up", "lora_up.weight");
  private static final Map<String, String> KEYS =
      Map.of(
          "down", "lora_A.weight",
          "up", "lora_B.weight",
          "new_weight", "weight",
          "new_bias", "bias");

  @TempDir Path temporary;

  /**
   * A step that the reference made.
   *
   * @param model of the resources, and of its adapter without {@code -lora}
   * @param targets layers with factors
   * @param saved the head, layers with bars between them
   * @param factors tensors that are trained
   */
  private record Step(String model, List<String> targets, String saved, int factors) {
    private Path file() {
      String more = model.equals("bert") ? "" : "-" + model;
      return encoder()
          ? RESOURCES.resolve("classifier-step" + more + ".safetensors")
          : adapter().resolve("expected.safetensors");
    }

    private boolean encoder() {
      return !model.endsWith("-classes");
    }

    private Path adapter() {
      return RESOURCES.resolve("adapters").resolve(model + "-lora");
    }
  }

  private static List<Step> steps() {
    return List.of(
        new Step("bert", List.of("query", "value", "dense"), "classifier", 24),
        new Step(
            "albert",
            List.of("query", "value", "ffn", "embedding_hidden_mapping_in"),
            "classifier",
            10),
        new Step(
            "deberta", List.of("query_proj", "value_proj", "dense"), "pooler.dense|classifier", 24),
        new Step("gpt2-classes", List.of("c_attn", "c_fc"), "score", 9),
        new Step("llama-classes", List.of("q_proj", "v_proj", "down_proj"), "score", 13));
  }

  private static double[] numbers(Path file, String name) {
    try (TensorStore store = TensorStore.open(file)) {
      TensorInfo info = Objects.requireNonNull(store.tensors().get(name), name);
      return HostTensor.of(info.dtype(), info.shape(), store.read(name)).doubles();
    }
  }

  private static List<TokenSequence> texts(Step step) {
    Path folder = RESOURCES.resolve("models").resolve(step.model());
    Path file = step.encoder() ? step.file() : folder.resolve("expected.safetensors");
    double[] ids = numbers(file, "ids");
    double[] lengths = step.encoder() ? numbers(file, "lengths") : lengths(file);
    double[] labels = numbers(step.file(), step.encoder() ? "labels" : "classes");
    List<TokenSequence> texts = new ArrayList<>();
    for (int row = 0; row < lengths.length; row++) {
      int from = row * ids.length / lengths.length;
      int length = (int) lengths[row];
      int[] own = Arrays.stream(ids, from, from + length).mapToInt(d -> (int) d).toArray();
      int label = (int) labels[row];
      texts.add(new TokenSequence(own, new boolean[length], new int[0], label));
    }
    return texts;
  }

  private static double[] lengths(Path file) {
    double[] present = numbers(file, "present");
    double[] lengths = new double[3];
    for (int i = 0; i < present.length; i++) {
      lengths[i / (present.length / 3)] += present[i];
    }
    return lengths;
  }

  private static String site(FlatLayout.Slot slot) {
    String name = slot.parameter().name();
    return name.substring(0, name.lastIndexOf('.'));
  }

  private static String part(FlatLayout.Slot slot) {
    return slot.parameter().name().substring(site(slot).length() + 1);
  }

  /** The factors of the file that PEFT began with. */
  private static float[] start(Step step, TextClassifier model, FlatLayout layout) {
    var adapter = AdapterFiles.read(step.adapter(), model.base().family()).adapter();
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

  @ParameterizedTest
  @MethodSource("steps")
  void lossAndGradientsAreThoseOfPeft(Step step) throws IOException {
    AdapterRecipe recipe =
        AdapterRecipe.DEFAULT
            .targets(TargetLayers.matching(step.targets().toArray(String[]::new)))
            .rank(2, 3)
            .saved(step.saved().split("\\|", -1));
    try (Lora4j lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
        TextClassifier model =
            TextClassifier.open(
                lora, SmallClassifier.write(step.model(), temporary.resolve("m")))) {
      assertEquals(List.of("good", "bad", "neither"), model.labels());
      Scope scope = model.scope();
      AdapterPlan plan = recipe.plan(model.base().sites().all());
      SequenceBatches batches = new SequenceBatches(texts(step), texts(step).size(), 0, false);
      SequenceTask task = new SequenceTask(new LabelLoss(model), plan, batches, List.of());
      Staging staging =
          new Staging(new Graph(), DType.F32, task.groups(), plan, Staging.Purpose.TRAINING);
      TaskLoss staged = staging.staged(task.loss(staging));
      Expr loss = staged.loss();
      FlatLayout layout = staged.factors().layout();
      float[] start = start(step, model, layout);
      Tensor flat = Tensor.of(scope, Shape.of(start.length), start);
      Map<String, Tensor> own = staged.factors().held(scope, start);
      List<Expr> outputs = List.of(loss.detach(), staged.parameters().gradient(loss));
      Program program = staged.parameters().graph().training(scope, outputs);
      HeldInputs held =
          program.hold(
              scope,
              name ->
                  layout
                      .slot(name)
                      .map(s -> flat.view(scope, s.offset(), s.parameter().shape()))
                      .or(() -> Optional.ofNullable(own.get(name)))
                      .orElseGet(() -> task.held(name)));
      List<Tensor> found = program.run(scope, held, task.batches(0, 1).get(0).inputs(scope));
      double expected = numbers(step.file(), "loss")[0];
      assertEquals(expected, found.get(0).floats()[0], 1e-5 * expected);
      assertEquals(step.factors(), layout.slots().size());
      float[] gradient = found.get(1).floats();
      layout.slots().forEach(slot -> assertClose(step, slot, gradient));
    }
  }

  /** By the Frobenius distance over the norm. */
  private static void assertClose(Step step, FlatLayout.Slot slot, float[] gradient) {
    String path = site(slot).substring("lm.".length());
    String key = Objects.requireNonNull(KEYS.get(part(slot)));
    double[] expected = numbers(step.file(), "gradient/base_model.model." + path + "." + key);
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
