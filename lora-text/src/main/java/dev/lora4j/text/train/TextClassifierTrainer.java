package dev.lora4j.text.train;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.text.data.SequenceBatches;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.pipeline.TextClassifier;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/**
 * Trainer of an adapter with a classification head, on texts with classes of the model's.
 *
 * <p>The head is trained whole and saved with the adapter. Its layers are the recipe's {@code
 * saved}; by default the head and a pooler below it.
 */
public final class TextClassifierTrainer extends SequenceTrainer<TextClassifierTrainer> {
  private final TextClassifier model;

  private TextClassifierTrainer(TextClassifier model, TrainingRequest request) {
    super(request);
    this.model = model;
  }

  /**
   * A trainer for a model, with settings and no texts yet.
   *
   * @throws IllegalArgumentException if the model has no head
   */
  public static TextClassifierTrainer on(TextClassifier model, TextTrainingSettings settings) {
    if (model.labels().isEmpty()) {
      throw new IllegalArgumentException(
          model.base().path()
              + " was loaded without a head that tells classes apart; load it with the classes of"
              + " the texts.");
    }
    return new TextClassifierTrainer(model, TrainingRequest.of(settings, "classifier"));
  }

  @Override
  TextClassifierTrainer with(TrainingRequest other) {
    return new TextClassifierTrainer(model, other);
  }

  @Override
  public TextClassifierTrainer data(TextDataSet data) {
    return with(
        TrainingTexts.of(data, settings(), part -> model.sequences(part, settings().limits())));
  }

  @Override
  Scope scope() {
    return model.scope();
  }

  @Override
  TextModel base() {
    return model.base();
  }

  /**
   * The layers that are trained, and how.
   *
   * @throws IllegalArgumentException if the recipe does not fit the model, or leaves out what
   *     starts from chance
   */
  @Override
  public AdapterPlan plan() {
    return HeadPlan.of(settings().recipe(), model.base(), model.network());
  }

  @Override
  Function<AdapterPlan, SequenceTask> tasks(Scope owner) {
    SequenceBatches batches =
        new SequenceBatches(
            texts().learned(), settings().batch(), settings().training().seed(), true);
    return planned -> new SequenceTask(new LabelLoss(model), planned, batches, validation());
  }

  /** Texts of like lengths together, so that little is padded. */
  private List<List<TokenSequence>> validation() {
    List<TokenSequence> sorted =
        texts().heldOut().stream()
            .sorted(Comparator.comparingInt(TokenSequence::length).reversed())
            .toList();
    return new TrainingTexts(texts().learned(), sorted, texts().notes())
        .validation(settings().batch());
  }
}
