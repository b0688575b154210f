package dev.lora4j.diffusion.style;

import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.GradientSource;
import dev.lora4j.core.train.run.InterruptibleTask;
import dev.lora4j.core.train.run.RateSearch;
import dev.lora4j.core.train.run.RoundSource;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.StepSource;
import dev.lora4j.core.train.run.TaskWorker;
import dev.lora4j.core.train.run.TrainingFailure;
import dev.lora4j.core.train.run.TrainingWorker;
import dev.lora4j.diffusion.consistency.ConsistencySettings;
import dev.lora4j.diffusion.dataset.DataSet;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.dataset.cache.ContentCache;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.preference.PairObjective;
import dev.lora4j.diffusion.preference.PicturePairs;
import dev.lora4j.diffusion.slider.SliderSettings;
import dev.lora4j.diffusion.train.objective.ClassPreservation;
import dev.lora4j.diffusion.train.objective.ObjectiveSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;

/**
 * Trains a style adapter on pictures. Immutable; each method returns a changed copy.
 *
 * <p>The base may be used by others meanwhile. Training is deterministic: the same base, pictures,
 * settings and machine give the same adapter bit for bit, also if it is interrupted and resumed.
 */
public final class StyleTrainer {
  final StableDiffusion base;
  final Source source;
  final StyleSettings settings;
  final CheckpointPolicy keeping;
  final String name;
  final Map<String, String> metadata;
  final int batch;
  final double captionDropout;
  final int timesteps;
  final int threads;
  final List<Teacher> teachers;
  final Optional<PairObjective> preference;
  final Optional<ConsistencySettings> consistency;
  final Optional<SliderSettings> slider;
  final Optional<ClassPreservation> preservation;
  final Optional<TrainingAdapter> trainingAdapter;
  final Optional<EncodingSource> encoding;
  final StepSource steps;

  /** Source of the samples. */
  @FunctionalInterface
  interface Source {
    SampleSource samples(StyleTrainer trainer, ContentCache cache, RunListener listener);
  }

  /** The trainer of a draft. */
  StyleTrainer(TrainerDraft draft) {
    this.base = draft.base;
    this.source = draft.source;
    this.settings = draft.settings;
    this.keeping = draft.keeping;
    this.name = draft.name;
    this.metadata = Map.copyOf(draft.metadata);
    this.batch = draft.batch;
    this.captionDropout = draft.captionDropout;
    this.timesteps = draft.timesteps;
    this.threads = draft.threads;
    this.teachers = List.copyOf(draft.teachers);
    this.preference = draft.preference;
    this.consistency = draft.consistency;
    this.slider = draft.slider;
    this.preservation = draft.preservation;
    this.trainingAdapter = draft.trainingAdapter;
    this.encoding = draft.encoding;
    this.steps = draft.steps;
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
    return new TrainerDraft(base, DrawnLatents::of, StyleSettings.DEFAULT.with(objective(base)))
        .trainer();
  }

  /**
   * A copy with the pictures of a folder, captioned by text files beside them, in sizes near that
   * of the base.
   *
   * @throws dev.lora4j.diffusion.dataset.DataSetException with all that is wrong with them
   */
  public StyleTrainer images(Path folder) {
    new TrainerData(this).survey(folder, DataSet.Depth.PIXELS).usable();
    // Surveyed again when it begins: batch and dropout may be set after the pictures.
    return with(
        (trainer, cache, listener) -> {
          TrainerData data = new TrainerData(trainer);
          return data.samples(data.survey(folder, DataSet.Depth.HEADERS), cache);
        });
  }

  /**
   * A copy with the pictures of a data set.
   *
   * @throws dev.lora4j.diffusion.dataset.DataSetException if it has errors
   */
  public StyleTrainer data(DataSet data) {
    DataSet usable = new TrainerData(this).fitting(data).usable();
    return with((trainer, cache, listener) -> new TrainerData(trainer).samples(usable, cache));
  }

  /**
   * A copy that learns which picture of each pair is better, beside the base, or beside the adapter
   * that the recipe begins with.
   *
   * @throws dev.lora4j.diffusion.dataset.DataSetException if the pairs have errors
   */
  public StyleTrainer pairs(PicturePairs pairs, PairObjective objective) {
    PicturePairs usable = pairs.usable(base.base().sizeUnit());
    new TrainerData(this).fitting(usable.better()).usable();
    TrainerDraft draft = new TrainerDraft(this);
    draft.source = (trainer, cache, listener) -> new TrainerData(trainer).samples(usable, cache);
    draft.preference = Optional.of(objective);
    return draft.trainer();
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
    TrainerDraft draft = new TrainerDraft(this);
    draft.source = other;
    return draft.trainer();
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
    TrainerDraft draft = new TrainerDraft(this);
    draft.batch = pictures;
    return draft.trainer();
  }

  /** A copy with this caption dropout; a data set has its own. */
  public StyleTrainer captionDropout(double share) {
    if (!(share >= 0 && share < 1)) {
      throw new IllegalArgumentException(
          "the dropout of captions must be in [0, 1), found " + share);
    }
    TrainerDraft draft = new TrainerDraft(this);
    draft.captionDropout = share;
    return draft.trainer();
  }

  /** A copy with other settings altogether. */
  public StyleTrainer settings(StyleSettings other) {
    TrainerDraft draft = new TrainerDraft(this);
    draft.settings = other;
    return draft.trainer();
  }

  /** A copy with checkpoints, validation and previews. */
  public StyleTrainer keeping(CheckpointPolicy other) {
    TrainerDraft draft = new TrainerDraft(this);
    draft.keeping = other;
    return draft.trainer();
  }

  /** A copy with so many noise levels of the validation; the default is 4. */
  public StyleTrainer timesteps(int levels) {
    if (levels < 1) {
      throw new IllegalArgumentException(
          "a picture is validated at 1 timestep or more, found " + levels);
    }
    TrainerDraft draft = new TrainerDraft(this);
    draft.timesteps = levels;
    return draft.trainer();
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
    TrainerDraft draft = new TrainerDraft(this);
    draft.threads = inside;
    return draft.trainer();
  }

  /** A copy with another name for the adapter. */
  public StyleTrainer name(String other) {
    TrainerDraft draft = new TrainerDraft(this);
    draft.name = other;
    return draft.trainer();
  }

  /** A copy with more metadata in the adapter's header. */
  public StyleTrainer metadata(Map<String, String> more) {
    TrainerDraft draft = new TrainerDraft(this);
    draft.metadata = more;
    return draft.trainer();
  }

  /**
   * A copy that learns what adapters predict for the pictures of a data set, each of the pictures
   * in the folder of one of them, instead of the pictures themselves (Hinton et al. 2015).
   *
   * @throws IllegalArgumentException if the base is guided within, or two have one folder
   */
  public StyleTrainer teachers(List<Teacher> others) {
    if (consistency.isPresent() && !others.isEmpty()) {
      throw new IllegalArgumentException(
          "The teacher of an adapter for few steps is the base alone; it takes no others.");
    }
    if (base.base().denoiser().guidanceWidth() > 0) {
      throw new IllegalArgumentException(
          base.base().path()
              + " is guided within, as latent consistency models are; adapters are distilled on the"
              + " plain model that it was made of.");
    }
    for (int i = 0; i < others.size(); i++) {
      Path folder = others.get(i).folder();
      for (int k = 0; k < others.size(); k++) {
        if (k != i && others.get(k).has(folder)) {
          throw new IllegalArgumentException(
              "Two teachers have the pictures in " + folder + "; each has a folder of its own.");
        }
      }
    }
    TrainerDraft draft = new TrainerDraft(this);
    draft.teachers = others;
    return draft.trainer();
  }

  /**
   * A copy that trains an adapter for pictures in few steps: on the pictures it learns to jump to
   * the end of the base's own guided way, by latent consistency distillation (Luo et al. 2023). The
   * objective of the settings has no effect.
   *
   * @throws IllegalArgumentException if the base cannot be distilled in this way, or there are
   *     teachers
   */
  public StyleTrainer fewSteps(ConsistencySettings how) {
    FewStepLesson.require(base.base(), how);
    if (!teachers.isEmpty()) {
      throw new IllegalArgumentException(
          "The teacher of an adapter for few steps is the base alone; it takes no others.");
    }
    TrainerDraft draft = new TrainerDraft(this);
    draft.consistency = Optional.of(how);
    return draft.trainer();
  }

  /**
   * A copy that trains a concept slider (Gandikota et al. 2023): an adapter whose weight, which may
   * be negative, leads from one prompt to another. With pictures it learns on these, whose captions
   * do not count; without, on what the base itself passes through on its way from noise when it
   * draws the target prompt. Of the objective's settings the loss, its weights and the timesteps
   * count, with pictures the noise too.
   *
   * @throws IllegalArgumentException if no slider can be trained on the base
   */
  public StyleTrainer slider(SliderSettings how) {
    SliderLesson.require(base.base());
    TrainerDraft draft = new TrainerDraft(this);
    draft.slider = Optional.of(how);
    return draft.trainer();
  }

  /**
   * A copy that keeps what the base predicts for the captions without their trigger: in each step
   * the adapter's distance from the base alone counts too, for the same noisy latents with captions
   * of the class.
   */
  public StyleTrainer preserving(ClassPreservation how) {
    TrainerDraft draft = new TrainerDraft(this);
    draft.preservation = Optional.of(how);
    return draft.trainer();
  }

  /**
   * A copy that trains with an adapter active that is not trained: as on a base that has it merged.
   * It goes with pictures and their preservation.
   */
  public StyleTrainer training(TrainingAdapter active) {
    TrainerDraft draft = new TrainerDraft(this);
    draft.trainingAdapter = Optional.of(active);
    return draft.trainer();
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
    AdapterPlan plan = checked();
    return InterruptibleTask.run(
        sign ->
            limited(
                () -> StyleCourse.of(this, plan, sign.telling(listener)).train(listener, sign)));
  }

  /** The layers that are trained; pictures take long to encode, so all else is checked before. */
  private AdapterPlan checked() {
    AdapterPlan plan = settings.recipe().plan(base.base().sites().all());
    TrainerChecks.require(this, plan);
    if (steps instanceof RoundSource rounds) {
      rounds.requireFits(plan, settings.training());
    }
    return plan;
  }

  private <T> T limited(Supplier<T> work) {
    return base.scope().engine().limited(threads, work);
  }

  /**
   * Trains shortly with several learning rates and scales, from the same factors on the same
   * batches.
   *
   * @param steps of each
   * @param encoding is told of pictures that are encoded, and of calibration
   * @return the trials that were done, fewer if the calling thread was interrupted
   * @throws IllegalArgumentException as {@link #run(RunListener)}
   */
  public List<RateSearch.Trial> search(
      RateSearch.Course course, int steps, RunListener encoding, RateSearch.Listener listener) {
    AdapterPlan plan = checked();
    return InterruptibleTask.run(
        sign ->
            limited(
                () ->
                    StyleCourse.of(this, plan, sign.telling(encoding))
                        .search(course, steps, listener, sign)));
  }

  /** A copy whose pictures others encode before it begins, or nobody. */
  public StyleTrainer encoding(EncodingSource others) {
    TrainerDraft draft = new TrainerDraft(this);
    draft.encoding = Optional.of(others);
    return draft.trainer();
  }

  /**
   * Encodes a part of the pictures, and their captions, into the user's cache: for a trainer like
   * this one, which then finds them there.
   *
   * @param part counted from 0; part 0 of 3 has the first picture, the fourth, the seventh ...
   * @return how many pictures the part has
   * @throws IllegalArgumentException as {@link #run(RunListener)}
   */
  public int encode(int part, int parts) {
    EncodingShare share = new EncodingShare(part, parts);
    AdapterPlan plan = checked();
    return limited(() -> StyleCourse.begun(this, plan, RunListener.NONE).encode(share));
  }

  /**
   * A copy whose gradients others compute, each of them a {@linkplain #worker worker} of a trainer
   * like this one. Workers with other settings, or with another {@linkplain
   * CheckpointPolicy#identity(Map) identity} of the run, are refused.
   */
  public StyleTrainer gradients(GradientSource others) {
    TrainerDraft draft = new TrainerDraft(this);
    draft.steps = others;
    return draft.trainer();
  }

  /** A copy whose steps others take, in {@linkplain RoundSource rounds}; see {@link #gradients}. */
  public StyleTrainer rounds(RoundSource others) {
    TrainerDraft draft = new TrainerDraft(this);
    draft.steps = others;
    return draft.trainer();
  }

  /**
   * Encodes the pictures to compute gradients, or take steps, for another trainer.
   *
   * @param listener is told of pictures that are encoded
   * @throws IllegalArgumentException as {@link #run(RunListener)}
   */
  public TrainingWorker worker(RunListener listener) {
    AdapterPlan plan = checked();
    return TaskWorker.of(
        base.scope(),
        threads,
        settings.training(),
        scope -> StyleCourse.of(this, plan, listener).calibrated(scope, CheckpointPolicy.NOTHING));
  }
}
