package dev.lora4j.text.train;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.GradientSource;
import dev.lora4j.core.train.run.RateSearch;
import dev.lora4j.core.train.run.RoundSource;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.StepCost;
import dev.lora4j.core.train.run.TrainingTask;
import dev.lora4j.core.train.run.TrainingWorker;
import dev.lora4j.text.data.SequenceBatches;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.model.TextModel;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Trainer of an adapter on sequences of tokens. Immutable; each method returns a changed copy.
 *
 * <p>The model may be used by others meanwhile. The same model, texts, settings and machine give
 * the same adapter bit for bit, also if training is interrupted and resumed.
 *
 * @param <T> the trainer itself
 */
public abstract sealed class SequenceTrainer<T extends SequenceTrainer<T>>
    permits TextTrainer,
        TextClassifierTrainer,
        TokenClassifierTrainer,
        RewardTrainer,
        EmbeddingTrainer {
  private final TrainingRequest request;

  SequenceTrainer(TrainingRequest request) {
    this.request = request;
  }

  /** A copy with another request. */
  abstract T with(TrainingRequest other);

  abstract Scope scope();

  abstract TextModel base();

  /** The layers that are trained, and how. */
  public abstract AdapterPlan plan();

  /** Task of the training loop: the loss of the texts, and their batches. */
  public final TrainingTask task() {
    return tasks(scope()).apply(plan());
  }

  /**
   * Tasks of plans, which share the loss, so that what it needs beside the model is opened once.
   *
   * @param owner of that
   */
  abstract Function<AdapterPlan, SequenceTask> tasks(Scope owner);

  /**
   * Tasks of plans with one loss, on batches of texts in their order by chance.
   *
   * @param alike whether a batch has texts of like lengths
   */
  final Function<AdapterPlan, SequenceTask> tasks(SequenceLoss loss, boolean alike) {
    int batch = settings().batch();
    SequenceBatches batches =
        new SequenceBatches(texts().learned(), batch, settings().training().seed(), alike);
    return planned -> new SequenceTask(loss, planned, batches, texts().validation(batch));
  }

  /** Identity of this kind of training, which a checkpoint depends on beside texts and settings. */
  Map<String, String> identity() {
    return Map.of();
  }

  final TrainingRequest request() {
    return request;
  }

  final TrainingTexts texts() {
    return request.texts();
  }

  final TextTrainingSettings settings() {
    return request.settings();
  }

  final T with(TrainingTexts other) {
    return with(request.with(other));
  }

  /**
   * A copy with the texts of a data set, of which the settings' share is held out.
   *
   * @throws IllegalArgumentException if they are of a form that this kind of model does not learn
   * @throws dev.lora4j.text.data.TextDataException with all that is wrong with them
   */
  public abstract T data(TextDataSet data);

  /** A copy with these sequences, and those to validate by. */
  public T sequences(List<TokenSequence> learned, List<TokenSequence> others) {
    return with(new TrainingTexts(learned, others, List.of()));
  }

  /** A copy with checkpoints and validation. */
  public T keeping(CheckpointPolicy other) {
    return with(request.with(other));
  }

  /** A copy with another name for the adapter. */
  public T name(String other) {
    return with(request.named(other));
  }

  /**
   * A copy whose operators use so many threads; the default is all of the engine. The last bits of
   * what is trained depend on the number.
   *
   * @throws IllegalArgumentException if it is not from 1 to the engine's
   */
  public T threads(int inside) {
    int most = scope().engine().threads();
    if (inside < 1 || inside > most) {
      throw new IllegalArgumentException(
          "operators of this engine use 1 to " + most + " threads, found " + inside);
    }
    return with(request.threads(inside));
  }

  /**
   * A copy whose gradients others compute, each of them a {@linkplain #worker worker} of a trainer
   * like this one. Training refuses what cannot be shared: texts that the model writes itself while
   * it is trained.
   */
  public T gradients(GradientSource others) {
    return with(request.with(others));
  }

  /** A copy whose steps others take, in {@linkplain RoundSource rounds}; see {@link #gradients}. */
  public T rounds(RoundSource others) {
    return with(request.with(others));
  }

  /** The sequences that are learned. */
  public List<TokenSequence> sequences() {
    return request.texts().learned();
  }

  /** Notes for the user, as sentences, about data that are neither learned nor held out. */
  public List<String> notes() {
    return request.texts().notes();
  }

  /** The sequences that are held out. */
  public List<TokenSequence> heldOut() {
    return request.texts().heldOut();
  }

  /**
   * Cost of the largest step of the run, counted before anything is trained. It takes about as long
   * as staging the step; a reference or a teacher that a step asks reads its texts once.
   */
  public TextStepCost cost() {
    request.texts().requireFor(base());
    try (Scope scope = scope().child("cost")) {
      SequenceTask task = tasks(scope).apply(plan());
      SequenceTask.Largest largest = task.largest(sequences(), settings().batch());
      StepCost step = StepCost.of(scope, task, largest.batch(), settings().training());
      return new TextStepCost(step, largest.length(), cache(task, largest));
    }
  }

  /** The rule by which the numbers of the plan change, with what their method does after it. */
  public Optimizer optimizer() {
    return settings().training().optimizer(plan());
  }

  /** Bytes of keys and values of completions that are written at once. */
  private long cache(SequenceTask task, SequenceTask.Largest largest) {
    long rows = (long) largest.written() * settings().training().accumulate();
    return rows == 0 ? 0 : task.compute().bytes(rows * largest.length() * cached());
  }

  /** Numbers that the model remembers of a token while it writes; 0 if it writes nothing. */
  long cached() {
    return 0;
  }

  /**
   * Short trainings on the texts, which differ in learning rate and scale of the adapter alone.
   * Nothing is kept of them.
   *
   * @param course what is tried, round by round
   * @param steps of each, at least 1
   * @return the trials that were done, fewer if the calling thread was interrupted
   */
  public List<RateSearch.Trial> search(
      RateSearch.Course course, int steps, RateSearch.Listener listener) {
    return run().search(plan(), this::tasks, steps, course, listener);
  }

  /**
   * Trains.
   *
   * @param listener receives each step
   * @throws dev.lora4j.core.train.run.TrainingInterrupted if the calling thread is interrupted;
   *     with checkpoints, the last step is in one
   * @throws dev.lora4j.core.train.run.TrainingFailure if a step fails
   * @throws IllegalArgumentException if there are no texts, or gradients come from elsewhere and
   *     what is learned cannot be shared
   */
  public TrainedText run(RunListener listener) {
    if (request.steps() != GradientSource.OWN) {
      requireShared();
    }
    if (request.steps() instanceof RoundSource rounds) {
      rounds.requireFits(plan(), settings().training());
    }
    return run().of(plan(), this::tasks, listener);
  }

  /**
   * Opens what computes gradients, or takes steps, for another trainer.
   *
   * @param listener is told of calibration
   * @throws IllegalArgumentException as {@link #run(RunListener)}
   */
  public TrainingWorker worker(RunListener listener) {
    requireShared();
    return run().worker(plan(), this::tasks, listener);
  }

  /**
   * Refuses what cannot be learned with gradients from elsewhere.
   *
   * @throws IllegalArgumentException with the reason
   */
  void requireShared() {}

  private TextRun run() {
    return new TextRun(scope(), base(), request, identity());
  }
}
