package dev.lora4j.text.train;

import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.TrainingTask;
import dev.lora4j.text.data.SequenceBatches;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TokenSequences;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.JensenShannonDivergence;
import dev.lora4j.text.network.Seq2SeqNetwork;
import dev.lora4j.text.pipeline.LanguageModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Trainer of an adapter of a language model on texts. */
public final class TextTrainer extends SequenceTrainer<TextTrainer> {
  private final LanguageModel model;
  private final Optional<Distillation> distillation;

  private TextTrainer(LanguageModel model, Optional<Distillation> distillation, Request request) {
    super(request);
    this.model = model;
    this.distillation = distillation;
  }

  /** A trainer for a model, with settings and no texts yet. */
  public static TextTrainer on(LanguageModel model, TextTrainingSettings settings) {
    return new TextTrainer(
        model,
        Optional.empty(),
        new Request(TrainingTexts.NONE, settings, CheckpointPolicy.NOTHING, "text"));
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
   * A copy that learns what adapters say next in their texts instead of the texts themselves
   * (Hinton et al. 2015), each text of its own teacher alone.
   *
   * @param divergence what is made small
   */
  public TextTrainer teachers(List<TextTeacher> others, JensenShannonDivergence divergence) {
    if (others.isEmpty()) {
      throw new IllegalArgumentException("There is no teacher to learn from.");
    }
    Distillation taught = new Distillation(others, divergence);
    return new TextTrainer(model, Optional.of(taught), request())
        .sequences(taught.learned(), taught.heldOut());
  }

  @Override
  Map<String, String> identity() {
    return distillation.map(Distillation::identity).orElse(Map.of());
  }

  @Override
  TextTrainer with(Request other) {
    return new TextTrainer(model, distillation, other);
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
    FactorInit start = settings().recipe().start();
    if ((start == FactorInit.EVA || start == FactorInit.CORDA)
        && model.network() instanceof Seq2SeqNetwork) {
      throw new IllegalArgumentException(
          "init = "
              + start
              + " looks at the places of a text that are learned, which a model with an encoder"
              + " and a decoder has in the decoder alone; take another init, for example lora-ga.");
    }
    return settings().recipe().plan(model.base().sites().all());
  }

  @Override
  TrainingTask task(Scope owner, AdapterPlan planned) {
    int batch = settings().batch();
    SequenceBatches batches =
        new SequenceBatches(texts().learned(), batch, settings().training().seed(), false);
    SequenceLoss loss =
        distillation
            .<SequenceLoss>map(taught -> new DivergenceLoss(owner, model, taught))
            .orElseGet(() -> new TokenLoss(model));
    return new SequenceTask(loss, planned, batches, texts().validation(batch));
  }
}
