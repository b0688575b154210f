package dev.lora4j.vision.train;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.calibration.Calibration;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.InterruptibleTask;
import dev.lora4j.core.train.run.RateSearch;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.StepCost;
import dev.lora4j.core.train.run.TrainedAdapter;
import dev.lora4j.core.train.run.TrainingLoop;
import dev.lora4j.core.train.run.TrainingSettings;
import dev.lora4j.core.train.run.TrainingTask;
import dev.lora4j.vision.VisionModel;
import dev.lora4j.vision.data.ClassedPicture;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Trainer of an adapter with a head, on pictures with classes of the model's. The head is trained
 * whole and saved with the adapter. Immutable; each method returns a changed copy.
 *
 * <p>The model may be used by others meanwhile. The same model, pictures, settings and machine give
 * the same adapter bit for bit, also if training is interrupted and resumed.
 */
public final class VisionTrainer {
  private final VisionModel model;
  private final VisionTrainingSettings settings;
  private final List<ClassedPicture> learned;
  private final List<ClassedPicture> heldOut;
  private final CheckpointPolicy keeping;
  private final String name;

  private VisionTrainer(
      VisionModel model,
      VisionTrainingSettings settings,
      List<ClassedPicture> learned,
      List<ClassedPicture> heldOut,
      CheckpointPolicy keeping,
      String name) {
    this.model = model;
    this.settings = settings;
    this.learned = List.copyOf(learned);
    this.heldOut = List.copyOf(heldOut);
    this.keeping = keeping;
    this.name = name;
  }

  /**
   * A trainer for a model, with no pictures yet.
   *
   * @throws IllegalArgumentException if the model has no head
   */
  public static VisionTrainer on(VisionModel model, VisionTrainingSettings settings) {
    if (model.labels().isEmpty()) {
      throw new IllegalArgumentException(
          model.path()
              + " was opened without a head that tells classes apart; open it with the classes of"
              + " the pictures.");
    }
    return new VisionTrainer(
        model, settings, List.of(), List.of(), CheckpointPolicy.NOTHING, "vision");
  }

  /**
   * A copy with these pictures.
   *
   * @param learned those that are learned, resized by the settings' preparation
   * @param others those to validate by
   */
  public VisionTrainer pictures(List<ClassedPicture> learned, List<ClassedPicture> others) {
    return new VisionTrainer(model, settings, learned, others, keeping, name);
  }

  /** A copy with checkpoints and validation. */
  public VisionTrainer keeping(CheckpointPolicy other) {
    return new VisionTrainer(model, settings, learned, heldOut, other, name);
  }

  /** A copy with another name for the adapter. */
  public VisionTrainer name(String other) {
    return new VisionTrainer(model, settings, learned, heldOut, keeping, other);
  }

  /**
   * The layers that are trained, and how. Those that are saved whole are the recipe's; if it has
   * none, the head.
   *
   * @throws IllegalArgumentException if the recipe does not fit the model, or leaves out a head
   *     that starts from chance
   */
  public AdapterPlan plan() {
    AdapterRecipe recipe = settings.recipe();
    if (recipe.saved().isEmpty()) {
      recipe = recipe.saved(model.head());
    } else if (model.newHead() && recipe.saved().stream().noneMatch(p -> p.matches(model.head()))) {
      throw new IllegalArgumentException(
          "The head starts from chance and has to be trained whole: name "
              + model.head()
              + " among the layers to be saved, or none there.");
    }
    return recipe.plan(model.sites().all());
  }

  /** Task of the training loop: the loss of the pictures, and their batches. */
  public TrainingTask task() {
    return task(plan());
  }

  private TrainingTask task(AdapterPlan planned) {
    return new VisionTask(model, planned, settings, learned, heldOut);
  }

  /** The rule by which the numbers of the plan change, with what their method does after it. */
  public Optimizer optimizer() {
    return settings.training().optimizer(plan());
  }

  /**
   * Cost of the largest step of the run, counted before anything is trained. It takes about as long
   * as staging the step.
   *
   * @throws IllegalArgumentException if there are no pictures
   */
  public StepCost cost() {
    requirePictures();
    try (Scope scope = model.scope().child("cost")) {
      TrainingTask task = task();
      // The last batch of an epoch may be smaller, and all others are as large as the first.
      return StepCost.of(scope, task, task.batches(0, 1).get(0), settings.training());
    }
  }

  /**
   * Short trainings on the pictures, which differ in learning rate and scale of the adapter alone.
   * Nothing is kept of them.
   *
   * @param course what is tried, round by round
   * @param steps of each, at least 1
   * @return the trials that were done, fewer if the calling thread was interrupted
   * @throws IllegalArgumentException if there are no pictures
   */
  public List<RateSearch.Trial> search(
      RateSearch.Course course, int steps, RateSearch.Listener listener) {
    requirePictures();
    return InterruptibleTask.run(
        sign -> {
          try (Scope work = model.scope().child("search")) {
            return new RateSearch(work, task(), settings.training(), steps, sign)
                .run(course, listener);
          }
        });
  }

  private void requirePictures() {
    if (learned.isEmpty()) {
      throw new IllegalArgumentException("There are no pictures to train on.");
    }
  }

  /**
   * Trains.
   *
   * @param listener receives each step
   * @throws dev.lora4j.core.train.run.TrainingInterrupted if the calling thread is interrupted;
   *     with checkpoints, the last step is in one
   * @throws dev.lora4j.core.train.run.TrainingFailure if a step fails
   * @throws IllegalArgumentException if there are no pictures
   */
  public TrainedVision run(RunListener listener) {
    requirePictures();
    CheckpointPolicy identified = identified();
    AdapterPlan plan = plan();
    return InterruptibleTask.run(
        sign -> {
          try (Scope work = model.scope().child("training")) {
            TrainingTask task =
                Calibration.task(work, plan, this::task, identified, sign.telling(listener));
            try (TrainingLoop loop =
                new TrainingLoop(work, task, settings.training(), identified, listener, sign)) {
              TrainedAdapter trained = loop.run(name);
              return new TrainedVision(
                  trained.adapter(), model.family(), model.use(), trained.losses());
            }
          }
        });
  }

  /** Adds all that a checkpoint depends on, so that another run does not resume from it. */
  private CheckpointPolicy identified() {
    Map<String, String> identity = new HashMap<>(keeping.identity());
    if (keeping.checkpoints().isPresent()) {
      TrainingSettings training = settings.training();
      identity.put("base", model.hash());
      identity.put("compute", model.precision().text());
      identity.put("classes", String.join("\n", model.labels()));
      identity.put("recipe", settings.recipe().canonical());
      identity.put("batch", String.valueOf(settings.batch()));
      identity.put("preparation", settings.preparation().canonical());
      identity.put("augmentation", settings.augmentation().canonical());
      identity.put("optimizer", training.optimizer().canonical());
      identity.put("rate", CanonicalForm.text(training.rate()));
      identity.put("schedule", training.schedule().canonical());
      identity.put("accumulate", String.valueOf(training.accumulate()));
      identity.put("clip", CanonicalForm.text(training.clip()));
      identity.put("seed", String.valueOf(training.seed()));
      identity.put("pictures", digest(learned));
      identity.put("pictures held out", digest(heldOut));
    }
    return keeping.identity(identity);
  }

  private static String digest(List<ClassedPicture> pictures) {
    MessageDigest digest = Digests.sha256();
    for (ClassedPicture one : pictures) {
      digest.update((one.digest() + " " + one.label() + "\n").getBytes(StandardCharsets.UTF_8));
    }
    return Digests.hex(digest);
  }
}
