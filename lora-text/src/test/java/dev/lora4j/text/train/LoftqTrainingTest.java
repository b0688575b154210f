package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.training.CalibrationSettings;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.format.metadata.BaseRounding;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.model.BasePrecision;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.quantised.Nf4;
import dev.lora4j.core.quantised.file.QuantisedTensors;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.calibration.Calibration;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.text.data.SequenceBatches;
import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.token.TinyTokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Factors that make up for the rounding of a whole model. */
class LoftqTrainingTest {
  private static final Lora4j LORA = Lora4j.open(EngineOptions.DEFAULT.threads(1));
  private static final ReferenceSteps GOLDEN = new ReferenceSteps("quantised/steps.safetensors");

  @TempDir Path folder;

  @AfterAll
  static void close() {
    GOLDEN.close();
    LORA.close();
  }

  /** A model of whole numbers, whose greater matrices can be rounded. */
  @BeforeEach
  void write() throws IOException {
    Path from = Path.of("src/test/resources/quantised/int8");
    JsonObject config =
        JsonParser.parseString(Files.readString(from.resolve("config.json"))).getAsJsonObject();
    config.remove("quantization_config");
    Files.writeString(folder.resolve("config.json"), config.toString());
    SafetensorsWriter writer = new SafetensorsWriter();
    try (TensorStore store = TensorStore.open(from.resolve("model.safetensors"))) {
      QuantisedTensors numbers = QuantisedTensors.scaled(store);
      for (TensorInfo info : numbers.tensors().values()) {
        long count = info.shape().elements();
        writer.add(
            info.name(),
            numbers.numberType(info.name()),
            info.shape(),
            numbers.numbers(info.name(), 0, count));
      }
      writer.write(folder.resolve("model.safetensors"));
    }
  }

  private record Begun(double loss, Map<String, String> header) {}

  private Begun begun(BasePrecision precision, FactorInit start) throws IOException {
    try (LanguageModel model =
        LanguageModel.open(LORA, TinyTokenizers.letters(folder), TextLoadOptions.in(precision))) {
      // Keys and values are too small to be rounded.
      AdapterRecipe recipe =
          AdapterRecipe.DEFAULT
              .start(start)
              .targets(TargetLayers.matching("*q_proj", "*o_proj", "*mlp.*"))
              .rank(64, 32);
      SequenceBatches order = new SequenceBatches(GOLDEN.batch("llama", 0), 1, 0, false);
      AdapterPlan plan = recipe.plan(model.base().sites().all());
      SequenceTask task =
          new SequenceTask(
              new TokenLoss(model, new HeadUse(model, 0), false), plan, order, List.of());
      Staging staging =
          new Staging(new Graph(), DType.F32, task.groups(), plan, Staging.Purpose.TRAINING);
      TaskLoss staged = staging.staged(task.loss(staging));
      Scope scope = model.scope().child("begun");
      FlatLayout layout = staged.factors().layout();
      float[] initial = staged.factors().initial(scope, 1, task);
      Tensor flat = Tensor.of(scope, Shape.of(initial.length), initial);
      Map<String, Tensor> own = staged.factors().held(scope, initial);
      Program program =
          staged.parameters().graph().training(scope, List.of(staged.loss().detach()));
      HeldInputs held =
          program.hold(
              scope,
              name ->
                  layout
                      .slot(name)
                      .map(s -> flat.view(scope, s.offset(), s.parameter().shape()))
                      .or(() -> Optional.ofNullable(own.get(name)))
                      .orElseGet(() -> task.held(name)));
      List<Tensor> inputs = task.together(List.of(GOLDEN.batch("llama", 0))).get(0).inputs(scope);
      return new Begun(program.run(scope, held, inputs).get(0).floats()[0], task.metadata(1));
    }
  }

  private record Decided(Map<String, Long> ranks, Map<String, double[]> values) {}

  private Decided decided(BasePrecision precision, AdapterRecipe recipe) throws IOException {
    try (LanguageModel model =
        LanguageModel.open(LORA, TinyTokenizers.letters(folder), TextLoadOptions.in(precision))) {
      SequenceBatches order = new SequenceBatches(GOLDEN.batch("llama", 0), 2, 0, false);
      AdapterPlan plan = recipe.plan(model.base().sites().all());
      SequenceTask task =
          new SequenceTask(
              new TokenLoss(model, new HeadUse(model, 0), false), plan, order, List.of());
      AdapterPlan found =
          Calibration.of(model.scope(), task, CheckpointPolicy.NOTHING, RunListener.NONE);
      Map<String, Long> ranks = new TreeMap<>();
      found.sites().forEach((site, one) -> ranks.put(site.name(), one.rank()));
      SequenceTask then =
          new SequenceTask(
              new TokenLoss(model, new HeadUse(model, 0), false), found, order, List.of());
      Staging at =
          new Staging(new Graph(), DType.F32, then.groups(), found, Staging.Purpose.TRAINING);
      TaskLoss staged = at.staged(then.loss(at));
      float[] flat = staged.factors().initial(model.scope(), 1, then);
      Map<String, double[]> values = new TreeMap<>();
      for (FlatLayout.Slot slot : staged.factors().layout().slots()) {
        double[] part = new double[(int) slot.parameter().shape().elements()];
        for (int i = 0; i < part.length; i++) {
          part[i] = flat[(int) slot.offset() + i];
        }
        values.put(slot.parameter().name(), part);
      }
      return new Decided(ranks, values);
    }
  }

  /** Ranks and first factors by gradients of the numbers that a rounded base has. */
  @ParameterizedTest
  @EnumSource(
      value = FactorInit.class,
      names = {"KAIMING", "LORA_GA", "EVA"})
  void aRoundedBaseIsCalibratedNearlyAsTheWholeOne(FactorInit start) throws IOException {
    CalibrationSettings settings = CalibrationSettings.DEFAULT.batches(2);
    AdapterRecipe recipe =
        AdapterRecipe.DEFAULT
            .start(start)
            .calibration(start == FactorInit.EVA ? settings : settings.byEnergy())
            .targets(TargetLayers.matching("*q_proj", "*o_proj", "*mlp.*"))
            .rank(4, 8);
    BasePrecision whole = BasePrecision.in(DType.F32);
    Decided expected = decided(whole, recipe);
    Decided found = decided(whole.quantised(new Nf4(64, true)), recipe);
    assertTrue(expected.ranks().values().stream().distinct().count() > 1, "" + expected.ranks());
    found
        .ranks()
        .forEach(
            (site, rank) -> assertEquals(expected.ranks().getOrDefault(site, 0L), rank, 2, site));
    found
        .values()
        .forEach((name, part) -> assertTrue(Arrays.stream(part).allMatch(Double::isFinite), name));
    assertTrue(
        start != FactorInit.LORA_GA
            || found.values().entrySet().stream()
                .filter(e -> e.getKey().endsWith(".up"))
                .allMatch(e -> Arrays.stream(e.getValue()).anyMatch(x -> x != 0)),
        "no first product");
  }

  @Test
  void allThatRoundingTookIsMadeUpForAtFullRank() throws IOException {
    BasePrecision whole = BasePrecision.in(DType.F32);
    BasePrecision rounded = whole.quantised(new Nf4(64, true));
    double expected = begun(whole, FactorInit.GAUSSIAN).loss();
    double before = Math.abs(begun(rounded, FactorInit.GAUSSIAN).loss() - expected);
    Begun made = begun(rounded, FactorInit.LOFTQ);
    assertTrue(before > 1e-2, "" + before);
    assertEquals(expected, made.loss(), 2e-5 * expected);
    BaseRounding said = BaseRounding.of(new Metadata(made.header())).orElseThrow();
    assertEquals(new BaseRounding("nf4:block=64,double=true", true), said);
  }
}
