package dev.lora4j.core.train.run;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.optimizer.Optimizers;
import dev.lora4j.core.train.schedule.Cosine;
import dev.lora4j.core.train.schedule.RateSchedule;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What does not go together is known before anything is compiled. */
class TrainingSettingsTest {
  private static AdapterPlan plan(String method, FactorInit start, long side) {
    return AdapterRecipe.DEFAULT
        .method(TrainableMethods.named(method, Map.of()))
        .start(start)
        .targets(TargetLayers.matching("toy.*"))
        .plan(List.of(Site.linear("toy.layer", Shape.of(side, side), false)));
  }

  private static TrainingSettings settings(String optimizer, double average, OptionalDouble most) {
    return new TrainingSettings(
        Optimizers.named(optimizer),
        1e-3,
        RateSchedule.of(new Cosine(), 10),
        1,
        1,
        average,
        most,
        0,
        DType.F32);
  }

  private static String refused(TrainingSettings settings, AdapterPlan plan) {
    RuntimeException e = assertThrows(RuntimeException.class, () -> settings.requireFits(plan));
    return String.valueOf(e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"lora", "loha", "lokr"})
  void maxNormAppliesToProductMethods(String method) {
    AdapterPlan plan = plan(method, FactorInit.KAIMING, 64);
    TrainingSettings settings = settings("adamw", 0, OptionalDouble.of(1));
    assertDoesNotThrow(() -> settings.requireFits(plan));
  }

  @ParameterizedTest
  @ValueSource(strings = {"dora", "ia3", "full"})
  void normsOfOtherChangesAreRefused(String method) {
    AdapterPlan plan = plan(method, FactorInit.KAIMING, 64);
    String told = refused(settings("adamw", 0, OptionalDouble.of(1)), plan);
    assertTrue(told.contains("take it away from " + method), told);
  }

  @ParameterizedTest
  @EnumSource(names = {"PISSA", "OLORA"})
  void maxNormIsRefusedWhereFactorsBeginWithTheWeight(FactorInit start) {
    TrainingSettings settings = settings("adamw", 0, OptionalDouble.of(1));
    assertDoesNotThrow(() -> settings.requireFits(plan("lora", FactorInit.ORTHOGONAL, 64)));
    String told = refused(settings, plan("lora", start, 64));
    assertTrue(told.contains("init = " + start), told);
  }

  @Test
  void anAverageOfAveragesIsRefused() {
    AdapterPlan plan = plan("lora", FactorInit.KAIMING, 64);
    String told = refused(settings("schedule_free_adamw", 0.9, OptionalDouble.empty()), plan);
    assertTrue(told.contains("averages the weights itself"), told);
  }

  @Test
  void parametersBeyondAnArrayAreRefusedWithSize() {
    TrainingSettings settings = settings("adamw", 0, OptionalDouble.empty());
    assertDoesNotThrow(() -> settings.requireFits(plan("full", FactorInit.KAIMING, 23_000)));
    String told = refused(settings, plan("full", FactorInit.KAIMING, 50_000));
    assertTrue(told.contains("2,500,000,000 numbers at 1 layers"), told);
    assertTrue(told.contains("Train fewer layers"), told);
  }
}
