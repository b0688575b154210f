package dev.lora4j.text.train;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.TrainingTask;
import dev.lora4j.text.data.SequenceBatches;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TokenSequences;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.pipeline.LanguageModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** Trainer of an adapter of a language model on texts. */
public final class TextTrainer extends SequenceTrainer<TextTrainer> {
  private final LanguageModel model;

  private TextTrainer(LanguageModel model, Request request) {
    super(request);
    this.model = model;
  }

  /** A trainer for a model, with settings and no texts yet. */
  public static TextTrainer on(LanguageModel model, TextTrainingSettings settings) {
    return new TextTrainer(
        model, new Request(TrainingTexts.NONE, settings, CheckpointPolicy.NOTHING, "text"));
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

  @Override
  TextTrainer with(Request other) {
    return new TextTrainer(model, other);
  }

  @Override
  TokenSequences tokenized(TextDataSet data) {
    return model.sequences(data, settings().limits());
  }

  @Override
  Scope scope() {
    return model.scope();
  }

  @Override
  TextModel base() {
    return model.base();
  }

  @Override
  public AdapterPlan plan() {
    return settings().recipe().plan(model.base().sites().all());
  }

  @Override
  public TrainingTask task() {
    int batch = settings().batch();
    SequenceBatches batches =
        new SequenceBatches(texts().learned(), batch, settings().training().seed(), false);
    return new SequenceTask(new TokenLoss(model), plan(), batches, texts().validation(batch));
  }
}
