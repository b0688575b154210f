package dev.lora4j.diffusion.config;

import dev.lora4j.core.adapter.tlora.StoredForm;
import dev.lora4j.core.adapter.tlora.TloraTraining;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.model.BasePrecision.StoredBits;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.Dropouts;
import dev.lora4j.core.train.adapter.SiteOverride;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.adapter.TargetPreset;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.core.train.optimizer.Optimizers;
import dev.lora4j.core.train.schedule.Decay;
import dev.lora4j.core.train.schedule.Decays;
import dev.lora4j.core.train.schedule.RateSchedule;
import dev.lora4j.diffusion.style.LearningRates;
import dev.lora4j.diffusion.style.StyleSettings;
import dev.lora4j.diffusion.train.objective.Loss;
import dev.lora4j.diffusion.train.objective.LossSettings;
import dev.lora4j.diffusion.train.objective.Losses;
import dev.lora4j.diffusion.train.objective.NoiseSettings;
import dev.lora4j.diffusion.train.objective.ObjectiveSettings;
import dev.lora4j.diffusion.train.objective.TimestepWeights;
import dev.lora4j.diffusion.train.objective.WeightSettings;
import dev.lora4j.spi.ExtensionInfo;
import dev.lora4j.spi.Extensions;
import dev.lora4j.spi.SettingInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * Resolver of keys to the settings of the trainer. It reports the problems of all parts together.
 */
final class StyleSettingsResolver {
  private final RunValues values;
  private final List<String> problems = new ArrayList<>();

  private StyleSettingsResolver(RunValues values) {
    this.values = values;
  }

  static StyleSettings settings(RunValues values) {
    StyleSettingsResolver of = new StyleSettingsResolver(values);
    Optional<AdapterRecipe> recipe = of.part(of::recipe);
    Optional<Optimizer> optimizer = of.part(of::optimizer);
    Optional<LearningRates> rates = of.part(of::rates);
    Optional<RateSchedule> schedule = of.part(of::schedule);
    Optional<ObjectiveSettings> objective = of.part(of::objective);
    of.problems.addAll(FewStepKeys.problems(values));
    of.problems.addAll(SliderKeys.problems(values));
    of.problems.addAll(PreservationKeys.problems(values));
    of.problems.addAll(TrainingAdapterKeys.problems(values));
    if (!of.problems.isEmpty()) {
      throw new RunProblems(of.problems);
    }
    return new StyleSettings(
        recipe.orElseThrow(),
        optimizer.orElseThrow(),
        rates.orElseThrow(),
        schedule.orElseThrow(),
        objective.orElseThrow(),
        values.get(RunKeys.ACCUMULATE),
        values.get(OptimizerKeys.CLIP),
        values.get(OptimizerKeys.EMA),
        of.maybe(AdapterKeys.MAX_NORM),
        // Counted from the end by users, where 1 leaves nothing out.
        values.find(RunKeys.CLIP_SKIP).map(n -> n - 1).orElse(0),
        values.get(RunKeys.CAPTION_CHUNKS),
        values.get(RunKeys.CHECKPOINTING),
        values.get(RunKeys.SEED),
        DType.valueOf(values.get(RunKeys.STORED).toUpperCase(Locale.ROOT)),
        of.maybe(LossKeys.GUIDANCE));
  }

  private <T> Optional<T> part(Supplier<T> part) {
    try {
      return Optional.of(part.get());
    } catch (IllegalArgumentException e) {
      problems.add(String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private OptionalDouble maybe(RunKey<Double> key) {
    return values.find(key).map(OptionalDouble::of).orElse(OptionalDouble.empty());
  }

  private FactorInit start() {
    FactorInit start = FactorInit.valueOf(values.get(AdapterKeys.INIT).toUpperCase(Locale.ROOT));
    Optional<String> precision = values.find(RunKeys.BASE_PRECISION);
    if (start == FactorInit.LOFTQ && precision.flatMap(StoredBits::named).isPresent()) {
      throw new IllegalArgumentException(
          "adapter.init = loftq makes up for the rounding of the base, and base_precision = "
              + precision.orElseThrow()
              + " rounds nothing. Set base_precision to nf4, fp4, int8 or fp8, or take another init.");
    }
    if (start == FactorInit.LOFTQ && precision.isEmpty()) {
      throw new IllegalArgumentException(
          "adapter.init = loftq makes up for the rounding of the base; say base_precision too, for"
              + " example nf4.");
    }
    return start;
  }

  private TrainableMethod method() {
    Map<String, Object> settings = new LinkedHashMap<>(values.get(AdapterKeys.SETTINGS_OF_METHOD));
    values.find(AdapterKeys.FACTOR).ifPresent(f -> settings.put("factor", f));
    TrainableMethod method =
        TrainableMethods.named(
            values.get(AdapterKeys.METHOD),
            settings,
            AdapterWriters.named(values.get(RunKeys.LAYOUT)).convention());
    Optional<String> precision = values.find(RunKeys.BASE_PRECISION);
    boolean rounds = precision.isPresent() && precision.flatMap(StoredBits::named).isEmpty();
    if (rounds && method instanceof TloraTraining ranks && ranks.form() == StoredForm.TLORA) {
      throw new IllegalArgumentException(
          "adapter.settings: form = tlora leaves it to readers to take directions of the base's"
              + " weights away, and base_precision = "
              + precision.orElseThrow()
              + " trains with other weights than they have. Take form = lora, or base_precision"
              + " away.");
    }
    return method;
  }

  private AdapterRecipe recipe() {
    int rank = values.get(AdapterKeys.RANK);
    return new AdapterRecipe(
        method(),
        targets(),
        rank,
        values.find(AdapterKeys.ALPHA).orElse((double) rank),
        values.find(AdapterKeys.CONV_RANK).map(OptionalInt::of).orElse(OptionalInt.empty()),
        maybe(AdapterKeys.CONV_ALPHA),
        overrides(),
        List.of(),
        start(),
        values.get(AdapterKeys.RSLORA),
        new Dropouts(
            values.get(AdapterKeys.INPUT_DROPOUT),
            values.get(AdapterKeys.DROPOUT),
            values.get(AdapterKeys.RANK_DROPOUT),
            values.get(AdapterKeys.MODULE_DROPOUT)),
        Optional.empty(),
        CalibrationKeys.settings(values));
  }

  private TargetLayers targets() {
    List<String> patterns = values.get(AdapterKeys.INCLUDE);
    boolean named = !patterns.isEmpty() || values.find(AdapterKeys.FROM).isPresent();
    List<String> presets =
        values.find(AdapterKeys.TARGETS).orElse(named ? List.of() : List.of("style"));
    TargetLayers targets =
        TargetLayers.of(presets.stream().map(TargetPreset::named).toArray(TargetPreset[]::new))
            .and(TargetLayers.matching(patterns.toArray(String[]::new)));
    if (values.get(AdapterKeys.TEXT_ENCODER)) {
      targets = targets.and(TargetLayers.of(TargetPreset.TEXT_ENCODERS));
    }
    return targets.without(values.get(AdapterKeys.EXCLUDE).toArray(String[]::new));
  }

  private List<SiteOverride> overrides() {
    List<SiteOverride> all = new ArrayList<>();
    values.get(AdapterKeys.RANKS).forEach((p, rank) -> all.add(SiteOverride.scaled(p, rank)));
    values.get(AdapterKeys.ALPHAS).forEach((p, alpha) -> all.add(SiteOverride.alpha(p, alpha)));
    return all;
  }

  private Optimizer optimizer() {
    return Optimizers.named(
        values.get(OptimizerKeys.OPTIMIZER), values.get(OptimizerKeys.OPTIMIZER_ARGS));
  }

  private LearningRates rates() {
    return new LearningRates(
        values.get(OptimizerKeys.RATE),
        maybe(OptimizerKeys.UNET_RATE),
        maybe(OptimizerKeys.TEXT_RATE),
        values.get(OptimizerKeys.UP_RATIO));
  }

  /**
   * The schedule of a run of so many steps.
   *
   * @throws RunProblems if the warm-up does not fit into them
   */
  static RateSchedule schedule(RunValues values, int steps) {
    StyleSettingsResolver of = new StyleSettingsResolver(values);
    return of.part(() -> of.schedule(steps)).orElseThrow(() -> new RunProblems(of.problems));
  }

  private RateSchedule schedule() {
    double warmup = values.find(OptimizerKeys.WARMUP).orElse(0.0);
    // How many steps epochs are is known with the pictures.
    boolean epochs = values.find(RunKeys.EPOCHS).isPresent();
    int steps = values.get(RunKeys.STEPS);
    return schedule(epochs ? Math.max(steps, (int) Math.ceil(warmup)) : steps);
  }

  private RateSchedule schedule(int steps) {
    Decay decay = decay();
    double warmup = values.find(OptimizerKeys.WARMUP).orElse(decay.warmedUp() ? Decay.WARMUP : 0);
    RateSchedule schedule = new RateSchedule(decay, steps, 0, values.get(OptimizerKeys.LEAST_RATE));
    return warmup < 1 ? schedule.warmupPart(warmup) : schedule.warmupSteps((long) warmup);
  }

  private Decay decay() {
    String name = values.get(OptimizerKeys.SCHEDULE);
    return Decays.named(
        name,
        settings(
            Extensions.installed().info(Decay.class, name),
            OptimizerKeys.SCHEDULE_ARGS,
            List.of(OptimizerKeys.CYCLES, OptimizerKeys.POWER)));
  }

  private Loss loss() {
    String name = values.get(LossKeys.LOSS);
    return Losses.named(
        name,
        settings(
            Extensions.installed().info(Loss.class, name),
            LossKeys.LOSS_ARGS,
            List.of(LossKeys.HUBER_C, LossKeys.HUBER_SCHEDULE, LossKeys.HUBER_SCALE)));
  }

  /** Settings of an extension: those of its table, and of keys that sd-scripts has for some. */
  private Map<String, Object> settings(
      ExtensionInfo extension, RunKey<Map<String, Object>> table, List<RunKey<?>> keys) {
    Map<String, Object> settings = new LinkedHashMap<>(values.get(table));
    // Files of sd-scripts have these for any choice; they count where the chosen one has them.
    for (SettingInfo setting : extension.settings()) {
      for (RunKey<?> key : keys) {
        if (setting.name().equals(key.leaf())) {
          values.find(key).ifPresent(value -> settings.putIfAbsent(setting.name(), value));
        }
      }
    }
    return settings;
  }

  private ObjectiveSettings objective() {
    return new ObjectiveSettings(
        TimestepKeys.settings(values),
        new NoiseSettings(
            values.get(LossKeys.NOISE_OFFSET),
            values.get(LossKeys.NOISE_OFFSET_RANDOM),
            values.get(LossKeys.ADAPTIVE_NOISE),
            values.get(LossKeys.PYRAMID_LEVELS),
            values.get(LossKeys.PYRAMID_DISCOUNT),
            values.get(LossKeys.INPUT_PERTURBATION),
            values.get(LossKeys.INPUT_PERTURBATION_RANDOM)),
        new LossSettings(loss(), values.find(LossKeys.MASKED).orElse(false)),
        new WeightSettings(
            values.find(LossKeys.MIN_SNR).orElse(0.0),
            values.get(LossKeys.DEBIASED),
            values.get(LossKeys.V_LIKE_NOISE),
            values.get(LossKeys.V_LIKE_LOSS),
            WeightSettings.FlowWeighting.valueOf(
                values.get(LossKeys.FLOW_WEIGHTING).toUpperCase(Locale.ROOT)),
            values.get(LossKeys.PRIOR_WEIGHT),
            values.get(LossKeys.ZERO_TERMINAL),
            values
                .find(LossKeys.TIMESTEP_WEIGHTS)
                .map(file -> TimestepWeightFile.read(Path.of(file)))
                .orElse(TimestepWeights.EQUAL)));
  }
}
