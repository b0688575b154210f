package dev.lora4j.text.train;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.text.data.TaggedText;
import dev.lora4j.text.data.TaggedTexts;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.pipeline.TokenClassifier;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Trainer of an adapter with a head that tells the class of each word. Each word of a step counts
 * alike, at its first token.
 *
 * <p>The head is trained whole and saved with the adapter.
 */
public final class TokenClassifierTrainer extends SequenceTrainer<TokenClassifierTrainer> {
  private final TokenClassifier model;
  private final TaggedBatches tagged;

  private TokenClassifierTrainer(
      TokenClassifier model, TaggedBatches tagged, TrainingRequest request) {
    super(request);
    this.model = model;
    this.tagged = tagged;
  }

  /** A trainer for a model, with settings and no texts yet. */
  public static TokenClassifierTrainer on(TokenClassifier model, TextTrainingSettings settings) {
    return new TokenClassifierTrainer(
        model,
        new TaggedBatches(List.of(), List.of()),
        TrainingRequest.of(settings, "token classifier"));
  }

  /**
   * A copy that learns these texts.
   *
   * @param learned at least one
   * @param heldOut those to validate by
   */
  public TokenClassifierTrainer texts(List<TaggedText> learned, List<TaggedText> heldOut) {
    return texts(learned, heldOut, List.of());
  }

  private TokenClassifierTrainer texts(
      List<TaggedText> learned, List<TaggedText> others, List<String> notes) {
    TaggedBatches all = new TaggedBatches(learned, others);
    return new TokenClassifierTrainer(model, all, request())
        .with(new TrainingTexts(all.learned(), all.heldOut(), notes));
  }

  @Override
  public TokenClassifierTrainer data(TextDataSet data) {
    DividedExamples<TaggedText> parts =
        DividedExamples.of(
            data,
            settings(),
            part -> model.texts(part, settings().limits()),
            TaggedTexts::texts,
            read -> read.notes(settings().limits()));
    return texts(parts.learned(), parts.heldOut(), parts.notes());
  }

  @Override
  Map<String, String> identity() {
    return Map.of("classes of words", tagged.digestOfTags());
  }

  @Override
  TokenClassifierTrainer with(TrainingRequest other) {
    return new TokenClassifierTrainer(model, tagged, other);
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
   * @throws IllegalArgumentException if the recipe does not fit the model, or leaves out the head
   *     where that starts from chance
   */
  @Override
  public AdapterPlan plan() {
    return HeadPlan.of(settings().recipe(), model.base(), model.network());
  }

  @Override
  Function<AdapterPlan, SequenceTask> tasks(Scope owner) {
    return tasks(new TagLoss(model, tagged), true);
  }
}
