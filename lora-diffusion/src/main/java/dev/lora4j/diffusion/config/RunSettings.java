package dev.lora4j.diffusion.config;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.log.Tracker;
import dev.lora4j.core.train.optimizer.Optimizers;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.consistency.ConsistencySettings;
import dev.lora4j.diffusion.dataset.Batches;
import dev.lora4j.diffusion.dataset.DataItem;
import dev.lora4j.diffusion.dataset.DataSet;
import dev.lora4j.diffusion.dataset.source.DataGroup;
import dev.lora4j.diffusion.sampling.SchedulerConfig;
import dev.lora4j.diffusion.slider.SliderSettings;
import dev.lora4j.diffusion.style.FewStepLesson;
import dev.lora4j.diffusion.style.StyleSettings;
import dev.lora4j.diffusion.train.objective.ClassPreservation;
import dev.lora4j.diffusion.train.objective.LossSettings;
import dev.lora4j.spi.Extensions;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * A run with all of its settings.
 *
 * @param values where they come from
 * @param base folder or file; that which comes with the program if empty
 * @param out the adapter to write
 * @param name of the adapter
 * @param layout of its file
 * @param epochs instead of the steps of {@code style}
 * @param precision compute type; automatic if empty
 * @param style everything about training but the pictures
 * @param saving intervals of checkpoints and validations, see {@link #saving(DataSet)}
 * @param previews pictures that are made during training, see {@link #previews(DataSet)}
 */
public record RunSettings(
    RunValues values,
    Optional<Path> base,
    Path out,
    String name,
    String layout,
    OptionalInt epochs,
    Optional<DType> precision,
    StyleSettings style,
    Saving saving,
    Previews previews) {
  /** Default strength of previews, which takes little time. */
  private static final List<Double> WHOLE = List.of(1.0);

  private static final List<Double> COMPARED = List.of(0.4, 0.6, 0.8, 1.0, 1.2);

  /**
   * Intervals of checkpoints, validations and adapters.
   *
   * @param every steps between checkpoints
   * @param keep how many checkpoints
   * @param validateEvery steps between validations
   * @param keepBest whether the best by validation is the result
   * @param adapterEvery steps between intermediate adapters; none are written if empty
   * @param trackers trackers of the run, by name, with settings as {@code name:key=value}
   */
  public record Saving(
      int every,
      int keep,
      int validateEvery,
      boolean keepBest,
      OptionalInt adapterEvery,
      List<String> trackers) {
    /** Copies the list. */
    public Saving {
      trackers = List.copyOf(trackers);
    }
  }

  /**
   * Previews: pictures during training.
   *
   * @param prompts one row each; none for no previews, or where they come from the data set
   * @param every steps between them
   * @param strengths of the adapter, one column each
   * @param steps of the sampler
   */
  public record Previews(
      List<String> prompts,
      int every,
      List<Double> strengths,
      int steps,
      OptionalDouble guidance,
      long seed) {
    /** Copies the lists. */
    public Previews {
      prompts = List.copyOf(prompts);
      strengths = List.copyOf(strengths);
    }

    /** True if the base has a column of its own, as no strength is 0. */
    public boolean showsBase() {
      return !strengths.contains(0.0);
    }

    /** Number of pictures of a prompt. */
    public int columns() {
      return strengths.size() + (showsBase() ? 1 : 0);
    }
  }

  /**
   * Settings of these values.
   *
   * @throws RunProblems with all that is out of range or excludes each other
   */
  public static RunSettings of(RunValues values) {
    StyleSettings style = StyleSettingsResolver.settings(values);
    Path out =
        values
            .find(RunKeys.OUT)
            .map(Path::of)
            .orElseThrow(
                () ->
                    new RunProblems(
                        List.of(
                            "There is no name for the adapter: set output (or --output) to a file that"
                                + " ends in .safetensors.")));
    String file = String.valueOf(out.getFileName());
    String precision = values.get(RunKeys.PRECISION).toUpperCase(Locale.ROOT);
    return new RunSettings(
        values,
        values.find(RunKeys.BASE).map(Path::of),
        out,
        values.find(RunKeys.NAME).orElse(file.replaceFirst("\\.safetensors$", "")),
        values.get(RunKeys.LAYOUT),
        values.find(RunKeys.EPOCHS).map(OptionalInt::of).orElse(OptionalInt.empty()),
        precision.equals("AUTO") ? Optional.empty() : Optional.of(DType.valueOf(precision)),
        style,
        new Saving(
            values.get(RunKeys.SAVE_EVERY),
            values.get(RunKeys.SAVE_KEEP),
            values.get(RunKeys.VALIDATION_EVERY),
            values.get(RunKeys.KEEP_BEST),
            values.find(RunKeys.ADAPTERS).map(OptionalInt::of).orElse(OptionalInt.empty()),
            values.find(RunKeys.TRACKERS).orElseGet(RunSettings::usualTrackers)),
        new Previews(
            values.find(RunKeys.PREVIEW_PROMPTS).orElse(List.of()),
            values.get(RunKeys.PREVIEW_EVERY),
            values.find(RunKeys.PREVIEW_STRENGTHS).orElse(COMPARED),
            values.get(RunKeys.PREVIEW_STEPS),
            values
                .find(RunKeys.PREVIEW_GUIDANCE)
                .map(OptionalDouble::of)
                .orElse(OptionalDouble.empty()),
            values.get(RunKeys.PREVIEW_SEED)));
  }

  /** Trackers of this project that are installed. */
  private static List<String> usualTrackers() {
    return Stream.of("tensorboard", "csv", "chart")
        .filter(name -> Extensions.installed().find(Tracker.class, name).isPresent())
        .toList();
  }

  /**
   * The folders with pictures; none for a slider that learns on what the base draws.
   *
   * @param side of the base's pictures, for the default resolution
   * @param unit unit of the sides of pictures
   */
  public List<DataGroup> groups(int side, int unit) {
    return SliderKeys.draws(values)
        ? List.of()
        : DataTables.groups(values, Path.of("").toAbsolutePath(), side, unit);
  }

  /**
   * Settings for a data set: the steps that were set, or as many as the epochs have; with masks if
   * some pictures have them and no key decides, as in sd-scripts.
   *
   * @throws RunProblems if the warm-up is of more steps than these epochs are
   */
  public StyleSettings style(DataSet data) {
    boolean masks =
        !FewStepKeys.asked(values) && data.training().stream().anyMatch(DataItem::masked);
    LossSettings loss = style.objective().loss();
    StyleSettings settled =
        style.with(
            style.objective().with(loss.withMasks(values.find(LossKeys.MASKED).orElse(masks))));
    return epochs.isEmpty()
        ? settled
        : settled.with(StyleSettingsResolver.schedule(values, steps(epochs.getAsInt(), data)));
  }

  private int steps(int ofEpochs, DataSet data) {
    if (data.training().isEmpty()) {
      return 1;
    }
    // What is left of an epoch's batches is a step too, so that epochs are of equally many steps.
    int batches = Batches.of(data.training(), style.seed()).perEpoch();
    long each = (batches + style.accumulate() - 1L) / style.accumulate();
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, ofEpochs * each));
  }

  /**
   * Settings of consistency distillation, if an adapter for few steps is trained.
   *
   * @throws RunProblems if keys do not go together
   */
  public Optional<ConsistencySettings> fewSteps(DiffusionModel base) {
    return FewStepKeys.asked(values)
        ? Optional.of(FewStepKeys.settings(values, FewStepLesson.settings(base)))
        : Optional.empty();
  }

  /**
   * Settings of a slider, if one is trained.
   *
   * @throws RunProblems if keys do not go together
   */
  public Optional<SliderSettings> slider() {
    return SliderKeys.asked(values) ? Optional.of(SliderKeys.settings(values)) : Optional.empty();
  }

  /**
   * Preservation of what the base says without the trigger, if there is one.
   *
   * @throws RunProblems if there is no trigger in the captions, so that nothing could be told apart
   */
  public Optional<ClassPreservation> preservation(DataSet data) {
    return PreservationKeys.settings(values, data);
  }

  /** Samples of a batch where no data set says its own. */
  public int batch() {
    return values.get(RunKeys.BATCH);
  }

  /** Intervals for a data set: in the steps that were set, or in those of so many epochs. */
  public Saving saving(DataSet data) {
    Optional<Integer> validation = values.find(RunKeys.VALIDATION_EPOCHS);
    Optional<Integer> adapters = values.find(RunKeys.ADAPTER_EPOCHS);
    return new Saving(
        saving.every(),
        saving.keep(),
        validation.map(e -> steps(e, data)).orElse(saving.validateEvery()),
        saving.keepBest(),
        adapters.map(e -> OptionalInt.of(steps(e, data))).orElse(saving.adapterEvery()),
        saving.trackers());
  }

  /**
   * The previews for a data set: after the steps that were set, or so many epochs, and of the
   * prompts that were set. If none were, of the captions of up to four of its pictures, which the
   * previews' seed draws, and of one strength unless others were set; held out ones, if there are
   * any. Those of a slider show its target prompt.
   */
  public Previews previews(DataSet data) {
    boolean said = values.find(RunKeys.PREVIEW_PROMPTS).isPresent();
    return new Previews(
        said
            ? previews.prompts()
            : slider()
                .map(SliderKeys::previews)
                .orElseGet(() -> CaptionPrompts.of(data, previews.seed())),
        values.find(RunKeys.PREVIEW_EPOCHS).map(e -> steps(e, data)).orElse(previews.every()),
        said ? previews.strengths() : values.find(RunKeys.PREVIEW_STRENGTHS).orElse(WHOLE),
        previews.steps(),
        previews.guidance(),
        previews.seed());
  }

  /** True if previews show captions of the data set. */
  public boolean previewsCaptions() {
    return values.find(RunKeys.PREVIEW_PROMPTS).isEmpty() && !SliderKeys.asked(values);
  }

  /** Configurations and tokenisers for a base in one file, if it does not bring its own. */
  public Optional<Path> baseConfig() {
    return values.find(RunKeys.BASE_CONFIG).map(Path::of);
  }

  /** File whose denoiser takes the place of the base's, if there is one. */
  public Optional<Path> denoiser() {
    return values.find(RunKeys.DENOISER).map(Path::of);
  }

  /** Prediction type that overrides the base's. */
  public Optional<SchedulerConfig.Prediction> prediction() {
    return values.find(RunKeys.PREDICTION).map(SchedulerConfig.Prediction::named);
  }

  /** True if the optimizer's state is to lie in a mapped file beside the checkpoints. */
  public boolean stateMapped() {
    return values
        .find(OptimizerKeys.STATE)
        .map("mapped"::equals)
        .orElseGet(() -> Optimizers.paged(values.get(OptimizerKeys.OPTIMIZER)));
  }

  /** The adapter whose factors are trained further, if there is one. */
  public Optional<Path> from() {
    return values.find(AdapterKeys.FROM).map(Path::of);
  }

  /** The adapter whose down factors are used and not trained, if there is one. */
  public Optional<Path> sharedA() {
    return values.find(AdapterKeys.SHARED_A).map(Path::of);
  }

  /** The adapter that is active and not trained, if there is one. */
  public Optional<TrainingAdapterKeys.Values> trainingAdapter() {
    return TrainingAdapterKeys.values(values);
  }

  /** Alpha, if something set it. */
  public Optional<Double> alpha() {
    return values.find(AdapterKeys.ALPHA);
  }

  /** Origin of the rank, if something set it. */
  public Optional<String> rankAskedBy() {
    String origin = values.origin(AdapterKeys.RANK);
    return origin.equals(RunValues.DEFAULT) ? Optional.empty() : Optional.of(origin);
  }

  /** Folder of all files of the run but the adapter: {@code NAME.run} beside it. */
  public Path folder() {
    String file = String.valueOf(out.getFileName()).replaceFirst("\\.safetensors$", "");
    return out.resolveSibling(file + ".run");
  }
}
