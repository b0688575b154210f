package dev.lora4j.bench.flow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.mix.Route;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contenders of the flow benchmark on blocks of FLUX.1 that are 256 wide. */
class FluxStepTest {
  private static final FluxFolder SMALL = new FluxFolder(2, 256, 256);
  private static final int PIXELS = 64;

  @TempDir private Path folder = Path.of("");

  private static double greatest(double... values) {
    return Arrays.stream(values).map(Math::abs).max().orElse(0);
  }

  private static double difference(double[] one, double... other) {
    double greatest = 0;
    for (int i = 0; i < one.length; i++) {
      greatest = Math.max(greatest, Math.abs(one[i] - other[i]));
    }
    return greatest;
  }

  private static double[] predicted(FluxSetting setting) {
    try (OurFewBits step = new OurFewBits(setting.text())) {
      double[] values = step.check();
      assertArrayEquals(values, step.check());
      assertTrue(greatest(values) > 0 && Double.isFinite(greatest(values)), "a prediction");
      return values;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nf4", "fp8"})
  void roundedWeightsPredictNearlyTheSame(String bits) {
    FluxSetting setting = new PackedPrediction(SMALL, PIXELS, bits, 1).setting(folder);
    double[] plain = predicted(setting.in("none"));
    double[] rounded = predicted(setting);
    double away = difference(plain, rounded) / greatest(plain);
    assertTrue(away > 1e-4 && away < 0.5, bits + " is " + away + " away");
  }

  @ParameterizedTest
  @ValueSource(strings = {"q8_0", "q4_k"})
  void weightsOfTheFileCount(String bits) {
    FluxSetting setting = new PackedPrediction(SMALL, PIXELS, bits, 1).setting(folder);
    double[] kept = predicted(setting);
    double[] plain = predicted(setting.in("none"));
    assertTrue(difference(plain, kept) > 0.1 * greatest(plain), "the file's own weights count");
  }

  @Test
  void trainingLearnsAndPeersGetInputs() {
    FluxSetting setting = new FlowTraining(SMALL, PIXELS, DType.F32).setting(folder);
    double[] values;
    try (OurFlowTraining training = new OurFlowTraining(setting.text())) {
      values = training.check();
    }
    assertEquals(2 * OurFlowTraining.COMPARED, values.length);
    for (double value : values) {
      assertTrue(value > 0 && Double.isFinite(value), "loss or norm " + value);
    }
    try (TensorStore store = TensorStore.open(setting.file())) {
      String layer = "transformer.single_transformer_blocks.0.attn.to_q.";
      assertEquals(Shape.of(16, 256), store.tensors().get(layer + "down").shape());
      assertEquals(Shape.of(256, 16), store.tensors().get(layer + "up").shape());
      for (int i = 0; i < OurFlowTraining.COMPARED; i++) {
        assertEquals(Shape.of(1, 16, 8, 8), store.tensors().get("noise" + i).shape());
        assertEquals(Shape.of(3), store.tensors().get("level" + i).shape());
      }
    }
  }

  @Test
  void adapterOfTheFileChangesThePrediction() {
    for (Route route : List.of(Route.UNMERGED, Route.MERGED)) {
      FlowChange flow = new FlowChange(SMALL, PIXELS, DType.F32, route);
      String setting;
      try (Engine engine = Engine.open()) {
        setting = flow.text(flow.setting(engine, folder));
      }
      assertChanged(setting);
    }
  }

  private static void assertChanged(String setting) {
    try (OurFlowChange change = new OurFlowChange(setting)) {
      double[] before = change.before();
      double[] after = change.check();
      assertTrue(difference(before, after) > 1e-3 * greatest(before), "the adapter is seen");
      assertArrayEquals(before, change.before());
    }
  }

  @Test
  void aSettingTravelsAsText() {
    FluxSetting plain = FluxSetting.plain(folder, DType.BF16, 8, 512);
    assertEquals(plain, FluxSetting.of(plain.text()));
    FluxSetting packed = plain.packed(folder.resolve("a.gguf"));
    assertEquals(packed, FluxSetting.of(packed.text()));
    assertEquals(plain.in("nf4"), FluxSetting.of(plain.in("nf4").text()));
  }
}
