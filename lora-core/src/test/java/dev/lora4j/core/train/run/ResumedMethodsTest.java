package dev.lora4j.core.train.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.SeededNoise;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is trained, a run goes on from any of its checkpoints to the same bits. */
class ResumedMethodsTest {
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("methods");
  private static final int STEPS = 10;
  private static final int RANK = 4;

  /** Settings with which so few steps have all that a method does between steps. */
  private static final Map<String, Map<String, Object>> SETTINGS =
      Map.of(
          "adalora", Map.of("tinit", 2, "tfinal", 2, "target_r", 2),
          "dylora", Map.of("mode", "nested"),
          "hydra", Map.of("heads", 3),
          "rank-growth", Map.of("patience", 2, "threshold", 0.9),
          "relora", Map.of("restarts", 2),
          "sparse-lora", Map.of("density", 0.3, "schedule", "rigl", "delta_t", 2));

  @TempDir Path folder;

  @AfterAll
  static void close() {
    SCOPE.close();
    ENGINE.close();
  }

  static Set<String> methods() {
    return TrainableMethods.all().keySet();
  }

  /** Whose change may depend on the weight. */
  private static Tensor weight() {
    SeededNoise noise = SeededNoise.of(7);
    float[] values = new float[TurnedLayer.WIDTH * TurnedLayer.WIDTH];
    for (int i = 0; i < values.length; i++) {
      values[i] = 0.1f * (float) noise.gaussian();
    }
    return Tensor.of(SCOPE, Shape.of(TurnedLayer.WIDTH, TurnedLayer.WIDTH), values);
  }

  @ParameterizedTest
  @MethodSource("methods")
  void runsGoOnFromAnyCheckpointToTheSameBits(String method) {
    TurnedLayer task =
        TurnedLayer.of(SCOPE, method, RANK, SETTINGS.getOrDefault(method, Map.of()))
            .around(weight());
    Runs runs = new Runs(SCOPE, task, TurnedLayer.settings("adamw", STEPS).withAccumulation(2));
    CheckpointPolicy keeping = CheckpointPolicy.NOTHING.every(1).keep(STEPS).previewEvery(1);
    Path kept = folder.resolve("whole");
    Heard heard = new Heard(0);
    TrainedAdapter whole = runs.whole(keeping.in(kept), heard);
    assertNotEquals(heard.previews.get(0), heard.previews.get(1));
    assertNotEquals(heard.previews.get(7), heard.previews.get(8));
    for (int at : List.of(4, 7)) {
      Path into = folder.resolve("from" + at);
      Heard again = new Heard(0);
      TrainedAdapter resumed = runs.from(keeping.in(kept), at, into, again);
      assertEquals(heard.steps.subList(at, STEPS), again.steps, "from " + at);
      assertEquals(heard.later(at), again.changes, "from " + at);
      assertEquals(whole.adapter().identity(), resumed.adapter().identity(), "from " + at);
      assertEquals(Runs.checkpoint(kept, STEPS), Runs.checkpoint(into, STEPS), "from " + at);
    }
  }
}
