package dev.lora4j.text.train;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.InterruptibleTask;
import dev.lora4j.core.train.run.RateSearch;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.StepCost;
import dev.lora4j.core.train.run.TrainingTask;
import dev.lora4j.text.data.SequenceBatches;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.model.TextModel;
import java.util.HashMap;
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
  /**
   * Request of a training: texts, settings, and what is kept of it.
   *
   * @param keeping policy of checkpoints and validation
   * @param name of the adapter
   */
  record Request(
      TrainingTexts texts, TextTrainingSettings settings, CheckpointPolicy keeping, String name) {}

  private final Request request;

  SequenceTrainer(Request request) {
    this.request = request;
  }

  /** A copy with another request. */
  abstract T with(Request other);

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

  final Request request() {
    return request;
  }

  final TrainingTexts texts() {
    return request.texts();
  }

  final TextTrainingSettings settings() {
    return request.settings();
  }

  final T with(TrainingTexts other) {
    return with(new Request(other, request.settings(), request.keeping(), request.name()));
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
    return with(new Request(request.texts(), request.settings(), other, request.name()));
  }

  /** A copy with another name for the adapter. */
  public T name(String other) {
    return with(new Request(request.texts(), request.settings(), request.keeping(), other));
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
    request.texts().requireFor(base());
    return InterruptibleTask.run(
        sign -> {
          try (Scope scope = scope().child("search")) {
            return new RateSearch(
                    scope, tasks(scope).apply(plan()), request.settings().training(), steps, sign)
                .run(course, listener);
          }
        });
  }

  /**
   * Trains.
   *
   * @param listener receives each step
   * @throws dev.lora4j.core.train.run.TrainingInterrupted if the calling thread is interrupted;
   *     with checkpoints, the last step is in one
   * @throws dev.lora4j.core.train.run.TrainingFailure if a step fails
   */
  public TrainedText run(RunListener listener) {
    Map<String, String> identity = new HashMap<>(request.keeping().identity());
    identity.putAll(identity());
    TextRun run =
        new TextRun(
            scope(),
            base(),
            request.texts(),
            request.settings(),
            request.keeping().identity(identity),
            request.name());
    return run.of(plan(), this::tasks, listener);
  }
}
