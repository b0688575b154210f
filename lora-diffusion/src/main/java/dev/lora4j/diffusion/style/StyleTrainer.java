package dev.lora4j.diffusion.style;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.InterruptibleTask;
import dev.lora4j.core.train.run.RateSearch;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.TrainedAdapter;
import dev.lora4j.core.train.run.TrainingFailure;
import dev.lora4j.core.train.run.TrainingLoop;
import dev.lora4j.diffusion.dataset.DataSet;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.dataset.bucket.Bucketing;
import dev.lora4j.diffusion.dataset.cache.ContentCache;
import dev.lora4j.diffusion.dataset.caption.CaptionSettings;
import dev.lora4j.diffusion.dataset.source.DataGroup;
import dev.lora4j.diffusion.dataset.source.DataSource;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.train.objective.ObjectiveSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;

/**
 * Trains a style adapter on pictures. Immutable; each method returns a changed copy.
 *
 * <p>The base may be used by others meanwhile. Training is deterministic: the same base, pictures,
 * settings and machine give the same adapter bit for bit, also if it is interrupted and resumed.
 */
public final class StyleTrainer {
  /** Default batch size for pictures in memory or in a folder. */
  private static final int BATCH = 8;

  /** Share of captions left out, so that guidance keeps working. */
  private static final double CAPTION_DROPOUT = 0.1;

  /** Levels of noise at which each picture that is held out is looked at. */
  private static final int TIMESTEPS = 4;

  private final StableDiffusion base;
  private final Source source;
  private final StyleSettings settings;
  private final CheckpointPolicy keeping;
  private final String name;
  private final Map<String, String> metadata;
  private final int batch;
  private final double captionDropout;
  private final int timesteps;
  private final int threads;

  /** Source of the samples. */
  @FunctionalInterface
  private interface Source {
    SampleSource samples(StyleTrainer trainer, ContentCache cache, RunListener listener);
  }

  private StyleTrainer(
      StableDiffusion base,
      Source source,
      StyleSettings settings,
      CheckpointPolicy keeping,
      String name,
      Map<String, String> metadata,
      int batch,
      double captionDropout,
      int timesteps,
      int threads) {
    this.base = base;
    this.source = source;
    this.settings = settings;
    this.keeping = keeping;
    this.name = name;
    this.metadata = Map.copyOf(metadata);
    this.batch = batch;
    this.captionDropout = captionDropout;
    this.timesteps = timesteps;
    this.threads = threads;
  }

  /** Default objective: the one that suits the base's prediction type. */
  public static ObjectiveSettings objective(StableDiffusion base) {
    return ObjectiveSettings.of(base.base().schedule().config().prediction());
  }

  /**
   * Refuses a base that no style can be trained on.
   *
   * @throws IllegalArgumentException if its denoiser takes more than noisy latents, as those do
   *     that fill masks
   */
  public static void requireTrainable(StableDiffusion base) {
    int taken = base.base().denoiser().inChannels();
    int latents = base.base().vae().latentChannels();
    if (taken != latents) {
      throw new IllegalArgumentException(
          base.base().path()
              + ": its denoiser takes "
              + taken
              + " channels where latents have "
              + latents
              + ", as those do that were made to fill masks (inpainting). Train on the plain model"
              + " that it was made of; the adapter works in both.");
    }
  }

  /**
   * A trainer for a base, with default settings and no pictures yet.
   *
   * @throws IllegalArgumentException if no style can be trained on it
   */
  public static StyleTrainer on(StableDiffusion base) {
    requireTrainable(base);
    Source none =
        (trainer, cache, listener) -> {
          throw new IllegalArgumentException("There are no pictures to train on.");
        };
    return new StyleTrainer(
        base,
        none,
        StyleSettings.DEFAULT.with(objective(base)),
        CheckpointPolicy.NOTHING,
        "style",
        Map.of(),
        BATCH,
        CAPTION_DROPOUT,
        TIMESTEPS,
        base.scope().engine().threads());
  }

  /**
   * A copy with the pictures of a folder, captioned by text files beside them, in sizes near that
   * of the base.
   *
   * @throws dev.lora4j.diffusion.dataset.DataSetException with all that is wrong with them
   */
  public StyleTrainer images(Path folder) {
    survey(folder, DataSet.Depth.PIXELS).usable();
    // Surveyed again when it begins: batch and dropout may be set after the pictures.
    return with(
        (trainer, cache, listener) ->
            trainer.samples(trainer.survey(folder, DataSet.Depth.HEADERS), cache, listener));
  }

  private DataSet survey(Path folder, DataSet.Depth depth) {
    int side = base.base().sampleSize() * base.base().vae().scale();
    int unit = base.base().sizeUnit();
    Bucketing sizes = Bucketing.around(side, unit);
    DataSource pictures =
        DataSource.of(folder).with(CaptionSettings.DEFAULT.dropout(captionDropout));
    DataGroup group = new DataGroup(sizes, batch, settings.seed(), List.of(pictures));
    return DataSet.survey(List.of(group), depth);
  }

  /**
   * A copy with the pictures of a data set.
   *
   * @throws dev.lora4j.diffusion.dataset.DataSetException if it has errors
   */
  public StyleTrainer data(DataSet data) {
    DataSet usable = data.inUnits(base.base().sizeUnit()).usable();
    return with((trainer, cache, listener) -> trainer.samples(usable, cache, listener));
  }

  private SampleSource samples(DataSet data, ContentCache cache, RunListener listener) {
    boolean masked = settings.objective().loss().masked();
    DataSetSamples samples =
        new DataSetSamples(base, data.usable(), cache, settings.seed(), masked);
    int all = data.items().size();
    samples.encode(done -> listener.encoding(done, all));
    return samples;
  }

  /** A copy with these pictures, all of one size. */
  public StyleTrainer images(List<Picture> pictures) {
    List<Picture> all = List.copyOf(pictures);
    return with(
        (trainer, cache, listener) ->
            PictureSamples.of(
                base,
                all,
                trainer.batch,
                trainer.captionDropout,
                trainer.settings.seed(),
                done -> listener.encoding(done, all.size())));
  }

  private StyleTrainer with(Source other) {
    return new StyleTrainer(
        base, other, settings, keeping, name, metadata, batch, captionDropout, timesteps, threads);
  }

  /** A copy with factors of another rank, and alpha equal to it. */
  public StyleTrainer rank(int rank) {
    return settings(settings.withRank(rank));
  }

  /** A copy with another number of steps. */
  public StyleTrainer steps(int steps) {
    return settings(settings.withSteps(steps));
  }

  /** A copy with this batch size; a data set has its own. */
  public StyleTrainer batch(int pictures) {
    if (pictures < 1) {
      throw new IllegalArgumentException("a batch has at least 1 picture, found " + pictures);
    }
    return new StyleTrainer(
        base,
        source,
        settings,
        keeping,
        name,
        metadata,
        pictures,
        captionDropout,
        timesteps,
        threads);
  }

  /** A copy with this caption dropout; a data set has its own. */
  public StyleTrainer captionDropout(double share) {
    if (!(share >= 0 && share < 1)) {
      throw new IllegalArgumentException(
          "the dropout of captions must be in [0, 1), found " + share);
    }
    return new StyleTrainer(
        base, source, settings, keeping, name, metadata, batch, share, timesteps, threads);
  }

  /** A copy with other settings altogether. */
  public StyleTrainer settings(StyleSettings other) {
    return new StyleTrainer(
        base, source, other, keeping, name, metadata, batch, captionDropout, timesteps, threads);
  }

  /** A copy with checkpoints, validation and previews. */
  public StyleTrainer keeping(CheckpointPolicy other) {
    return new StyleTrainer(
        base, source, settings, other, name, metadata, batch, captionDropout, timesteps, threads);
  }

  /** A copy with so many noise levels of the validation; the default is 4. */
  public StyleTrainer timesteps(int levels) {
    if (levels < 1) {
      throw new IllegalArgumentException(
          "a picture is validated at 1 timestep or more, found " + levels);
    }
    return new StyleTrainer(
        base, source, settings, keeping, name, metadata, batch, captionDropout, levels, threads);
  }

  /**
   * A copy whose operators use so many threads; the default is all of the engine. Several trainings
   * side by side, each with few, are done sooner than one after the other: a step of a small base
   * consists of many short operators.
   *
   * @throws IllegalArgumentException if it is not from 1 to the engine's
   */
  public StyleTrainer threads(int inside) {
    int most = base.scope().engine().threads();
    if (inside < 1 || inside > most) {
      throw new IllegalArgumentException(
          "operators of this engine use 1 to " + most + " threads, found " + inside);
    }
    return new StyleTrainer(
        base, source, settings, keeping, name, metadata, batch, captionDropout, timesteps, inside);
  }

  /** A copy with another name for the adapter. */
  public StyleTrainer name(String other) {
    return new StyleTrainer(
        base,
        source,
        settings,
        keeping,
        other,
        metadata,
        batch,
        captionDropout,
        timesteps,
        threads);
  }

  /** A copy with more metadata in the adapter's header. */
  public StyleTrainer metadata(Map<String, String> more) {
    return new StyleTrainer(
        base, source, settings, keeping, name, more, batch, captionDropout, timesteps, threads);
  }

  /** Trains, without reports of its progress. */
  public TrainedStyle run() {
    return run(RunListener.NONE);
  }

  /**
   * Trains.
   *
   * @throws CancellationException if the calling thread is interrupted; with checkpoints, the last
   *     step is in one
   * @throws TrainingFailure if a step fails
   * @throws IllegalArgumentException if settings, base and data do not fit
   * @throws dev.lora4j.core.tensor.TensorException likewise
   */
  public TrainedStyle run(RunListener listener) {
    AdapterPlan plan = settings.recipe().plan(base.base().sites().all());
    // Pictures take long to encode.
    settings.requireFits(plan);
    settings.objective().requireFits(base.base().schedule());
    return InterruptibleTask.run(
        sign -> base.scope().engine().limited(threads, () -> trained(plan, listener, sign)));
  }

  private TrainedStyle trained(AdapterPlan plan, RunListener listener, InterruptibleTask sign) {
    ContentCache cache = ContentCache.ofUser(DType.F32);
    SampleSource samples = source.samples(this, cache, sign.telling(listener));
    try (TrainingLoop loop =
        new TrainingLoop(
            base.scope(),
            task(plan, samples, cache),
            settings.training(),
            keeping,
            listener,
            sign)) {
      TrainedAdapter trained = loop.run(name);
      return new TrainedStyle(trained.adapter(), base.family(), trained.losses());
    }
  }

  /**
   * Trains shortly with several learning rates and scales, from the same factors on the same
   * batches.
   *
   * @param steps of each
   * @param encoding is told of pictures that are encoded
   * @return the trials that were done, fewer if the calling thread was interrupted
   * @throws IllegalArgumentException as {@link #run(RunListener)}
   */
  public List<RateSearch.Trial> search(
      RateSearch.Course course, int steps, RunListener encoding, RateSearch.Listener listener) {
    AdapterPlan plan = settings.recipe().plan(base.base().sites().all());
    settings.requireFits(plan);
    settings.objective().requireFits(base.base().schedule());
    return InterruptibleTask.run(
        sign ->
            base.scope()
                .engine()
                .limited(threads, () -> searched(plan, course, steps, encoding, listener, sign)));
  }

  private List<RateSearch.Trial> searched(
      AdapterPlan plan,
      RateSearch.Course course,
      int steps,
      RunListener encoding,
      RateSearch.Listener listener,
      InterruptibleTask sign) {
    ContentCache cache = ContentCache.ofUser(DType.F32);
    SampleSource samples = source.samples(this, cache, sign.telling(encoding));
    try (Scope scope = base.scope().child("search")) {
      StyleTask task = task(plan, samples, cache);
      return new RateSearch(scope, task, settings.training(), steps, sign).run(course, listener);
    }
  }

  private StyleTask task(AdapterPlan plan, SampleSource samples, ContentCache cache) {
    int chunks = settings.captionChunks();
    EncodedCaptions texts = new EncodedCaptions(base, cache, settings.clipSkip(), chunks);
    CaptionInputs captions = new StyleInputs(base, texts, StyleProgram.trainsText(plan), chunks);
    StyleMetadata header = StyleMetadata.on(base.base(), metadata);
    return new StyleTask(
        base.base(),
        plan,
        settings,
        captions,
        samples,
        timesteps,
        steps -> header.of(name, settings, plan, samples, steps));
  }
}
