package dev.lora4j.text.train;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.text.data.MatchedText;
import dev.lora4j.text.data.MatchedTexts;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.pipeline.SentenceEncoder;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Trainer of an adapter of a sentence encoder, on texts that belong together. Those of the others
 * in its batch count against each anchor, so larger batches teach more.
 *
 * <p>Loss and gradients are those of sentence-transformers 6.2's {@code
 * MultipleNegativesRankingLoss} with PEFT, but for texts that come twice in a batch: what belongs
 * to an anchor never counts against it.
 */
public final class EmbeddingTrainer extends SequenceTrainer<EmbeddingTrainer> {
  private final SentenceEncoder model;
  private final RankingObjective objective;
  private final MatchedBatches matches;

  private EmbeddingTrainer(
      SentenceEncoder model,
      RankingObjective objective,
      MatchedBatches matches,
      TrainingRequest request) {
    super(request);
    this.model = model;
    this.objective = objective;
    this.matches = matches;
  }

  /** A trainer for a model, with settings and no texts yet. */
  public static EmbeddingTrainer on(SentenceEncoder model, TextTrainingSettings settings) {
    return new EmbeddingTrainer(
        model,
        RankingObjective.DEFAULT,
        new MatchedBatches(List.of(), List.of()),
        TrainingRequest.of(settings, "encoder"));
  }

  /** A copy with another objective. */
  public EmbeddingTrainer objective(RankingObjective other) {
    return new EmbeddingTrainer(model, other, matches, request());
  }

  /**
   * A copy that learns these texts.
   *
   * @param learned at least two, or one with a negative
   * @param heldOut those to validate by
   * @throws IllegalArgumentException if there are too few
   */
  public EmbeddingTrainer matches(List<MatchedText> learned, List<MatchedText> heldOut) {
    return matches(learned, heldOut, List.of());
  }

  private EmbeddingTrainer matches(
      List<MatchedText> learned, List<MatchedText> others, List<String> notes) {
    boolean compared = learned.stream().anyMatch(match -> !match.negatives().isEmpty());
    if (!compared && Math.min(learned.size(), settings().batch()) < 2) {
      throw new IllegalArgumentException(
          "A step has "
              + Math.min(learned.size(), settings().batch())
              + " text that others belong to, and no negatives, so that nothing is there to tell"
              + " apart. Take more at once (batch), or give negatives.");
    }
    MatchedBatches all = new MatchedBatches(learned, others);
    return new EmbeddingTrainer(model, objective, all, request())
        .with(new TrainingTexts(all.learned(), all.heldOut(), notes));
  }

  @Override
  public EmbeddingTrainer data(TextDataSet data) {
    DividedExamples<MatchedText> parts =
        DividedExamples.of(
            data,
            settings(),
            part -> model.matches(part, settings().limits()),
            MatchedTexts::matches,
            read -> read.notes(settings().limits()));
    return matches(parts.learned(), parts.heldOut(), parts.notes());
  }

  @Override
  Map<String, String> identity() {
    return Map.of("objective", objective.canonical(), "matched texts", matches.digestOfDocuments());
  }

  @Override
  EmbeddingTrainer with(TrainingRequest other) {
    return new EmbeddingTrainer(model, objective, matches, other);
  }

  @Override
  Scope scope() {
    return model.model().scope();
  }

  @Override
  TextModel base() {
    return model.model().base();
  }

  @Override
  public AdapterPlan plan() {
    return settings().recipe().plan(base().sites().all());
  }

  @Override
  Function<AdapterPlan, SequenceTask> tasks(Scope owner) {
    return tasks(new MatchLoss(model, matches, objective), false);
  }
}
