package dev.lora4j.core.train.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Ranks that grow where a loss stays on a plateau. */
class RankGrowthTrainingTest {
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("growth");
  private static final int STEPS = 24;

  @AfterAll
  static void close() {
    SCOPE.close();
    ENGINE.close();
  }

  @Test
  void validationLossDecidesGrowthWhereThereIsOne() {
    TurnedLayer task =
        TurnedLayer.of(SCOPE, "rank-growth", 8, Map.of("patience", 4, "threshold", 0.9))
            .validated();
    Heard heard = new Heard(0);
    CheckpointPolicy keeping = CheckpointPolicy.NOTHING.validateEvery(5);
    new Runs(SCOPE, task, TurnedLayer.settings("adamw", STEPS)).whole(keeping, heard);
    assertEquals(List.of(5, 10, 15), List.copyOf(heard.changes.keySet()));
    assertTrue(
        heard.changes.values().stream().allMatch(c -> c.contains("validation loss")),
        heard.changes.toString());
  }
}
