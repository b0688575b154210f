package dev.lora4j.text.train;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.TrainingTask;
import dev.lora4j.text.data.SequenceBatches;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.data.TokenSequences;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.pipeline.TextClassifier;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Trainer of an adapter with a classification head, on texts with classes of the model's.
 *
 * <p>The head is trained whole and saved with the adapter. Its layers are the recipe's {@code
 * saved}; by default the head and a pooler below it.
 */
public final class TextClassifierTrainer extends SequenceTrainer<TextClassifierTrainer> {
  private static final String WEIGHT = ".weight";

  private final TextClassifier model;

  private TextClassifierTrainer(TextClassifier model, Request request) {
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
    return new TextClassifierTrainer(
        model, new Request(TrainingTexts.NONE, settings, CheckpointPolicy.NOTHING, "classifier"));
  }

  @Override
  TextClassifierTrainer with(Request other) {
    return new TextClassifierTrainer(model, other);
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

  /**
   * The layers that are trained, and how.
   *
   * @throws IllegalArgumentException if the recipe does not fit the model, or leaves out what
   *     starts from chance
   */
  @Override
  public AdapterPlan plan() {
    AdapterRecipe recipe = settings().recipe();
    if (recipe.saved().isEmpty()) {
      String[] head =
          model.base().sites().all().stream()
              .map(s -> s.name())
              .filter(s -> model.network().ofHead(weight(s)))
              .toArray(String[]::new);
      recipe = recipe.saved(head);
    }
    AdapterPlan plan = recipe.plan(model.base().sites().all());
    List<String> left = left(plan);
    if (!left.isEmpty()) {
      throw new IllegalArgumentException(
          "Layers that start from chance have to be trained whole: "
              + String.join(", ", left)
              + ". Name them among the layers to be saved, or none there.");
    }
    return plan;
  }

  /** Layers that start from chance and would not be in the adapter as they end. */
  private List<String> left(AdapterPlan plan) {
    Set<String> whole =
        plan.sites().keySet().stream()
            .map(s -> s.name())
            .filter(s -> plan.recipe().saved().stream().anyMatch(p -> p.matches(s)))
            .map(TextClassifierTrainer::weight)
            .collect(Collectors.toSet());
    return model.base().started().stream()
        .filter(w -> w.endsWith(WEIGHT) && !whole.contains(w))
        .map(w -> w.substring(0, w.length() - WEIGHT.length()))
        .toList();
  }

  private static String weight(String site) {
    return site.substring(TextModel.MODEL.length() + 1) + WEIGHT;
  }

  @Override
  TrainingTask task(Scope owner, AdapterPlan planned) {
    SequenceBatches batches =
        new SequenceBatches(
            texts().learned(), settings().batch(), settings().training().seed(), true);
    return new SequenceTask(new LabelLoss(model), planned, batches, validation());
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
