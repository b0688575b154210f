package dev.lora4j.text.train;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.text.align.RewardObjective;
import dev.lora4j.text.data.PreferencePair;
import dev.lora4j.text.data.RewardPairs;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.pipeline.RewardModel;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Trainer of an adapter that makes a reward model, on pairs of which one text is better, as TRL
 * 1.16's {@code RewardTrainer} with PEFT. The head is trained whole and saved with the adapter.
 */
public final class RewardTrainer extends SequenceTrainer<RewardTrainer> {
  private final RewardModel model;
  private final RatedPairs pairs;

  private RewardTrainer(RewardModel model, RatedPairs pairs, TrainingRequest request) {
    super(request);
    this.model = model;
    this.pairs = pairs;
  }

  /** A trainer for a model, with settings and no pairs yet. */
  public static RewardTrainer on(RewardModel model, TextTrainingSettings settings) {
    return new RewardTrainer(
        model,
        new RatedPairs(RewardObjective.DEFAULT, List.of(), List.of()),
        TrainingRequest.of(settings, "reward model"));
  }

  /**
   * A copy that learns these pairs.
   *
   * @param learned at least one
   * @param heldOut those to validate by
   * @throws IllegalArgumentException if there is none to learn, or some have a margin and others
   *     none
   */
  public RewardTrainer pairs(
      List<PreferencePair> learned, List<PreferencePair> heldOut, RewardObjective objective) {
    if (learned.isEmpty()) {
      throw new IllegalArgumentException("There are no pairs to learn from.");
    }
    return pairs(learned, heldOut, objective, List.of());
  }

  private RewardTrainer pairs(
      List<PreferencePair> learned,
      List<PreferencePair> others,
      RewardObjective objective,
      List<String> notes) {
    RatedPairs all = new RatedPairs(objective, learned, others);
    return new RewardTrainer(model, all, request())
        .with(new TrainingTexts(all.learned(), all.heldOut(), notes));
  }

  /** A copy with the pairs of a data set, by the objective that it has. */
  @Override
  public RewardTrainer data(TextDataSet data) {
    int longest = settings().limits().longest();
    DividedExamples<PreferencePair> parts =
        DividedExamples.of(
            data,
            settings(),
            part -> model.pairs(part, longest),
            RewardPairs::pairs,
            read -> read.notes(longest));
    return pairs(parts.learned(), parts.heldOut(), pairs.objective(), parts.notes());
  }

  @Override
  Map<String, String> identity() {
    return pairs.identity();
  }

  @Override
  RewardTrainer with(TrainingRequest other) {
    return new RewardTrainer(model, pairs, other);
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
    return tasks(new RewardPairLoss(model, pairs), false);
  }
}
