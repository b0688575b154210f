package dev.lora4j.core.train.optimizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class OptimizersTest {
  /** Every setting of every optimiser, away from its default. */
  record Case(Optimizer expected, Map<String, Double> settings) {}

  static Stream<Case> cases() {
    return Stream.of(
        new Case(
            new AdamW(0.8, 0.95, 1e-6, 0.1),
            Map.of("beta1", 0.8, "beta2", 0.95, "eps", 1e-6, "weight_decay", 0.1)),
        new Case(
            new Lion(0.8, 0.95, 0.1), Map.of("beta1", 0.8, "beta2", 0.95, "weight_decay", 0.1)),
        new Case(
            new AdamW8bit(0.8, 0.95, 1e-6, 0.1),
            Map.of("beta1", 0.8, "beta2", 0.95, "eps", 1e-6, "weight_decay", 0.1)),
        new Case(
            new Lion8bit(0.8, 0.95, 0.1), Map.of("beta1", 0.8, "beta2", 0.95, "weight_decay", 0.1)),
        new Case(
            new Adafactor(1e-20, 1e-4, 0.5, -0.7, 0.9, 0.1, true, true, true),
            Map.of(
                "eps1",
                1e-20,
                "eps2",
                1e-4,
                "clip_threshold",
                0.5,
                "decay_rate",
                -0.7,
                "beta1",
                0.9,
                "weight_decay",
                0.1,
                "warmup_init",
                1.0)),
        new Case(
            new Adafactor(1e-30, 1e-3, 1, -0.8, 0, 0, false, true, false),
            Map.of("scale_parameter", 0.0)),
        new Case(
            new Adafactor(1e-30, 1e-3, 1, -0.8, 0, 0, true, false, false),
            Map.of("relative_step", 0.0)),
        new Case(
            new Prodigy(0.8, 0.99, 0.95, 1e-7, 0.01, false, false, 1e-4, 2, 1.5),
            Map.of(
                "beta1",
                0.8,
                "beta2",
                0.99,
                "beta3",
                0.95,
                "eps",
                1e-7,
                "weight_decay",
                0.01,
                "d0",
                1e-4,
                "d_coef",
                2.0,
                "growth_rate",
                1.5)),
        new Case(
            new Prodigy(0.9, 0.999, 0, 1e-8, 0, true, false, 1e-6, 1, Double.POSITIVE_INFINITY),
            Map.of("use_bias_correction", 1.0, "growth_rate", Double.POSITIVE_INFINITY)),
        new Case(
            new Prodigy(0.9, 0.999, 0, 1e-8, 0, false, true, 1e-6, 1, Double.POSITIVE_INFINITY),
            Map.of("safeguard_warmup", 1.0)),
        new Case(
            new ScheduleFreeAdamW(0.8, 0.99, 1e-7, 0.1, 8, 1, 3),
            Map.of(
                "beta1",
                0.8,
                "beta2",
                0.99,
                "eps",
                1e-7,
                "weight_decay",
                0.1,
                "warmup_steps",
                8.0,
                "r",
                1.0,
                "weight_lr_power",
                3.0)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void settingsGoByTheNamesOfTheReference(Case example) {
    String name = example.expected().name();
    assertEquals(example.expected(), Optimizers.named(name, example.settings()));
  }

  @ParameterizedTest
  @CsvSource({
    "AdamW, adamw",
    "Lion, lion",
    "AdaFactor, adafactor",
    "Prodigy, prodigy",
    "AdamWScheduleFree, schedule_free_adamw",
    "ScheduleFreeAdamW, schedule_free_adamw",
    "AdamW8bit, adamw8bit",
    "adamw_8bit, adamw8bit",
    "adamw_bnb_8bit, adamw8bit",
    "adamw_torch, adamw",
    "PagedAdamW8bit, adamw8bit",
    "paged_adamw_8bit, adamw8bit",
    "PagedAdamW, adamw",
    "PagedAdamW32bit, adamw",
    "paged_adamw_32bit, adamw",
    "lion_32bit, lion",
    "Lion8bit, lion8bit",
    "PagedLion8bit, lion8bit",
    "paged_lion_8bit, lion8bit"
  })
  void namesOfOtherTrainersAreKnown(String theirs, String ours) {
    assertEquals(Optimizers.named(ours), Optimizers.named(theirs));
    assertEquals(ours, Optimizers.named(theirs).name());
  }

  @ParameterizedTest
  @CsvSource({
    "PagedAdamW8bit, true",
    "paged_lion_32bit, true",
    "AdamW8bit, false",
    "schedule_free_adamw, false"
  })
  void pagedNamesAreThoseOfStatesInAFile(String name, boolean paged) {
    assertEquals(paged, Optimizers.paged(name));
  }

  @ParameterizedTest
  @CsvSource({"PagedSGD8bit", "SGDNesterov8bit", "adafactor8bit", "32bit", "paged"})
  void otherOptimizersIn8BitsAreRefusedByName(String name) {
    assertTrue(refusal(name, Map.of()).contains(name), name);
  }

  @Test
  void classDefaultsAreThoseOfTheSettings() {
    assertEquals(AdamW8bit.DEFAULT, Optimizers.named("adamw8bit"));
    assertEquals(Lion8bit.DEFAULT, Optimizers.named("lion8bit"));
    assertEquals(AdamW.DEFAULT, Optimizers.named("adamw"));
    assertEquals(Lion.DEFAULT, Optimizers.named("lion"));
    assertEquals(Adafactor.DEFAULT, Optimizers.named("adafactor"));
    assertEquals(Prodigy.DEFAULT, Optimizers.named("prodigy"));
    assertEquals(ScheduleFreeAdamW.DEFAULT, Optimizers.named("schedule_free_adamw"));
  }

  @Test
  void everyOptimizerIsFoundByItsName() {
    for (Optimizer optimizer : Optimizers.all()) {
      assertEquals(optimizer, Optimizers.named(optimizer.name()));
    }
  }

  @Test
  void unknownNameIsRefusedWithNearestAndAll() {
    String message = refusal("Prodigi", Map.of());
    assertTrue(message.contains("Did you mean prodigy?"), message);
    Optimizers.all().forEach(o -> assertTrue(message.contains(o.name()), message));
  }

  @Test
  void wrongSettingsAreReportedTogether() {
    String message =
        refusal("Prodigy", Map.of("d_coeff", 2.0, "beta1", 1.0, "safeguard_warmup", 2.0));
    assertTrue(message.contains("no setting d_coeff, did you mean d_coef?"), message);
    assertTrue(message.contains("growth_rate"), message);
    assertTrue(message.contains("beta1 takes a number from 0 to below 1, found '1.0'"), message);
    assertTrue(message.contains("safeguard_warmup takes true or false, found '2.0'"), message);
  }

  @ParameterizedTest
  @CsvSource({
    "adamw, eps, NaN",
    "adamw, weight_decay, -0.1",
    "adamw, weight_decay, Infinity",
    "adafactor, decay_rate, 0.8",
    "adafactor, clip_threshold, 0",
    "adafactor, relative_step, 0.5",
    "prodigy, growth_rate, 0.9",
    "prodigy, d0, 0",
    "schedule_free_adamw, beta1, 0"
  })
  void numbersThatMakeNoSenseAreRefused(String name, String setting, double value) {
    String message = refusal(name, Map.of(setting, value));
    assertTrue(message.contains(setting), message);
  }

  private static String refusal(String name, Map<String, Double> settings) {
    return assertThrows(IllegalArgumentException.class, () -> Optimizers.named(name, settings))
        .getMessage();
  }
}
