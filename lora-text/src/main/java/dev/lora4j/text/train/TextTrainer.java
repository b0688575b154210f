package dev.lora4j.text.train;

import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.TrainingTask;
import dev.lora4j.text.data.SequenceBatches;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.pipeline.LanguageModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Trains an adapter of a language model on texts. Immutable; each method returns a changed copy.
 *
 * <p>The model may be used by others meanwhile. The same model, texts, settings and machine give
 * the same adapter bit for bit, also if training is interrupted and resumed.
 */
public final class TextTrainer {
  private final LanguageModel model;
  private final TrainingTexts texts;
  private final TextTrainingSettings settings;
  private final CheckpointPolicy keeping;
  private final String name;

  private TextTrainer(
      LanguageModel model,
      TrainingTexts texts,
      TextTrainingSettings settings,
      CheckpointPolicy keeping,
      String name) {
    this.model = model;
    this.texts = texts;
    this.settings = settings;
    this.keeping = keeping;
    this.name = name;
  }

  /** A trainer for a model, with settings and no texts yet. */
  public static TextTrainer on(LanguageModel model, TextTrainingSettings settings) {
    return new TextTrainer(model, TrainingTexts.NONE, settings, CheckpointPolicy.NOTHING, "text");
  }

  /**
   * A copy with the texts of a file or folder, of which the settings' share is held out.
   *
   * @throws dev.lora4j.text.data.TextDataException with all that is wrong with them
   */
  public TextTrainer data(Path path) {
    try {
      return data(TextDataSet.read(path));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + path + ": " + e.getMessage(), e);
    }
  }

  /**
   * A copy with the texts of a data set, of which the settings' share is held out.
   *
   * @throws IllegalArgumentException if they are of a form that this kind of model does not learn
   */
  public TextTrainer data(TextDataSet data) {
    TrainingTexts all =
        TrainingTexts.of(data, settings, part -> model.sequences(part, settings.limits()));
    return new TextTrainer(model, all, settings, keeping, name);
  }

  /** A copy with these sequences, and those to validate by. */
  public TextTrainer sequences(List<TokenSequence> learned, List<TokenSequence> others) {
    return new TextTrainer(
        model, new TrainingTexts(learned, others, List.of()), settings, keeping, name);
  }

  /** A copy with checkpoints and validation. */
  public TextTrainer keeping(CheckpointPolicy other) {
    return new TextTrainer(model, texts, settings, other, name);
  }

  /** A copy with another name for the adapter. */
  public TextTrainer name(String other) {
    return new TextTrainer(model, texts, settings, keeping, other);
  }

  /** The sequences that are learned. */
  public List<TokenSequence> sequences() {
    return texts.learned();
  }

  /** Notes for the user, as sentences, about data that are neither learned nor held out. */
  public List<String> notes() {
    return texts.notes();
  }

  /** The sequences that are held out. */
  public List<TokenSequence> heldOut() {
    return texts.heldOut();
  }

  /** The layers that are trained, and how. */
  public AdapterPlan plan() {
    return settings.recipe().plan(model.base().sites().all());
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
    return new TextRun(model.scope(), model.base(), texts, settings, keeping, name)
        .of(this::task, listener);
  }

  /** Task of the training loop: the loss of the texts, and their batches. */
  public TrainingTask task() {
    SequenceBatches batches =
        new SequenceBatches(texts.learned(), settings.batch(), settings.training().seed(), false);
    return new SequenceTask(
        new TokenLoss(model), plan(), batches, texts.validation(settings.batch()));
  }
}
