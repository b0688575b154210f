package dev.lora4j.diffusion.train.objective;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.diffusion.sampling.NoiseSchedule;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import dev.lora4j.diffusion.train.objective.TimestepSettings.Sampling;
import dev.lora4j.diffusion.train.objective.WeightSettings.FlowWeighting;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is refused, and how it is told. */
class ObjectiveSettingsTest {
  private static final Map<String, Executable> OUT_OF_RANGE =
      Map.ofEntries(
          Map.entry("noise_offset", () -> NoiseSettings.offset(1.5)),
          Map.entry("adaptive_noise_scale", () -> new NoiseSettings(0, false, 1, 0, 1, 0, false)),
          Map.entry(
              "noise_offset_random_strength", () -> new NoiseSettings(0, true, 0, 0, 1, 0, false)),
          Map.entry("multires_noise_iterations", () -> NoiseSettings.multires(-1, 0.3)),
          Map.entry("multires_noise_discount", () -> NoiseSettings.multires(6, 0)),
          Map.entry("ip_noise_gamma", () -> NoiseSettings.PLAIN.withInputPerturbation(2)),
          Map.entry(
              "ip_noise_gamma_random_strength",
              () -> new NoiseSettings(0, false, 0, 0, 1, 0, true)),
          Map.entry("min_snr_gamma", () -> WeightSettings.minSnr(-1)),
          Map.entry("prior_loss_weight", () -> WeightSettings.EQUAL.withPriorLoss(Double.NaN)),
          Map.entry(
              "v_pred_like_loss",
              () -> new WeightSettings(0, false, false, -1, FlowWeighting.NONE, 1, false)),
          Map.entry("huber_c", () -> new Huber(0, HuberSchedule.SNR, 1)),
          Map.entry("huber_scale", () -> new SmoothL1(0.1, HuberSchedule.SNR, 0)),
          Map.entry("min_timestep", () -> TimestepSettings.STRATIFIED.withRange(-1, 5)),
          Map.entry("max_timestep", () -> TimestepSettings.STRATIFIED.withRange(5, 5)),
          Map.entry("sigmoid_scale", () -> timesteps(0, 3, 0, 1, 1)),
          Map.entry("discrete_flow_shift", () -> timesteps(1, 0, 0, 1, 1)),
          Map.entry("logit_mean", () -> timesteps(1, 3, Double.NaN, 1, 1)),
          Map.entry("logit_std", () -> timesteps(1, 3, 0, 0, 1)),
          Map.entry("mode_scale", () -> timesteps(1, 3, 0, 1, 2)),
          Map.entry("training_shift", () -> TimestepSettings.STRATIFIED.withTrainingShift(0)));

  private static TimestepSettings timesteps(
      double scale, double shift, double mean, double std, double mode) {
    return new TimestepSettings(
        true,
        0,
        OptionalInt.empty(),
        Sampling.UNIFORM,
        scale,
        OptionalDouble.of(shift),
        mean,
        std,
        mode,
        1,
        TimestepSettings.Bias.NONE);
  }

  @Test
  void valuesOutOfRangeAreNamedByOption() {
    OUT_OF_RANGE.forEach(
        (option, making) -> {
          String message =
              assertThrows(IllegalArgumentException.class, making, option).getMessage();
          assertTrue(message.startsWith(option + " "), message);
        });
  }

  @Test
  void problemsAreReportedTogether() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> new NoiseSettings(7, false, 0, 99, 0.3, -1, false))
            .getMessage();
    assertEquals(
        """
        noise_offset is 7; it goes from 0 to 1.
        multires_noise_iterations is 99; it goes from 0 to 16.
        ip_noise_gamma is -1; it goes from 0 to 1.\
        """,
        message);
  }

  @Test
  void weightsThatExcludeEachOtherAreRefused() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> new WeightSettings(5, true, false, 0, FlowWeighting.NONE, 1, false))
            .getMessage();
    assertTrue(message.contains("min_snr_gamma and debiased_estimation_loss"), message);
  }

  @ParameterizedTest
  @EnumSource(Prediction.class)
  void settingsOfOtherPredictionTypesAreRefused(Prediction prediction) {
    WeightSettings all = new WeightSettings(0, true, true, 0.5, FlowWeighting.COSMAP, 1, true);
    LossSettings huber = LossSettings.L2.with(Losses.named("huber"));
    ObjectiveSettings settings = ObjectiveSettings.PLAIN.with(all).with(huber);
    NoiseSchedule schedule = Golden.schedule(prediction);
    String message =
        assertThrows(IllegalArgumentException.class, () -> settings.requireFits(schedule))
            .getMessage();
    List<String> refused =
        switch (prediction) {
          case EPSILON ->
              List.of("scale_v_pred_loss_like_noise_pred", "weighting_scheme", "zero_terminal_snr");
          case V_PREDICTION -> List.of("v_pred_like_loss", "weighting_scheme");
          case FLOW ->
              List.of(
                  "debiased_estimation_loss",
                  "scale_v_pred_loss_like_noise_pred",
                  "v_pred_like_loss",
                  "zero_terminal_snr",
                  "huber_schedule");
        };
    assertEquals(refused, message.lines().map(l -> l.substring(0, l.indexOf(' '))).toList());
  }

  @Test
  void aRangeBeyondTheBasesTimestepsIsRefused() {
    NoiseSchedule schedule = Golden.schedule(Prediction.EPSILON);
    ObjectiveSettings settings =
        ObjectiveSettings.DEFAULT.with(TimestepSettings.STRATIFIED.withRange(0, 1001));
    String message =
        assertThrows(IllegalArgumentException.class, () -> new Objective(schedule, settings))
            .getMessage();
    assertEquals("max_timestep is 1001, but this base has 1000 timesteps.", message);
  }

  @Test
  void aWeightThatIsInfiniteIsRefused() {
    NoiseSchedule schedule =
        new NoiseSchedule(Golden.schedule(Prediction.EPSILON).config().withZeroTerminalSnr());
    ObjectiveSettings settings = ObjectiveSettings.PLAIN.with(WeightSettings.debiased());
    String message =
        assertThrows(IllegalArgumentException.class, () -> new Objective(schedule, settings))
            .getMessage();
    assertTrue(message.contains("timestep 999"), message);
    TimestepSettings below = TimestepSettings.STRATIFIED.withRange(0, 999);
    assertDoesNotThrow(() -> new Objective(schedule, settings.with(below)));
  }
}
