package dev.lora4j.text.train;

import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.TrainingTask;
import dev.lora4j.text.data.SequenceBatches;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.pipeline.TextClassifier;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Trains an adapter with a classification head. Immutable; each method returns a changed copy.
 *
 * <p>The head is trained whole and saved with the adapter. Its layers are the recipe's {@code
 * saved}; by default the head and a pooler below it.
 *
 * <p>The model may be used by others meanwhile. The same model, texts, settings and machine give
 * the same adapter bit for bit, also if training is interrupted and resumed.
 */
public final class TextClassifierTrainer {
  private static final String WEIGHT = ".weight";

  private final TextClassifier model;
  private final TrainingTexts texts;
  private final TextTrainingSettings settings;
  private final CheckpointPolicy keeping;
  private final String name;

  private TextClassifierTrainer(
      TextClassifier model,
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
        model, TrainingTexts.NONE, settings, CheckpointPolicy.NOTHING, "classifier");
  }

  /**
   * A copy with the texts of a data set, of which the settings' share is held out.
   *
   * @throws IllegalArgumentException if they have no classes
   * @throws dev.lora4j.text.data.TextDataException with all that are of other classes than the
   *     model's
   */
  public TextClassifierTrainer data(TextDataSet data) {
    TrainingTexts all =
        TrainingTexts.of(data, settings, part -> model.sequences(part, settings.limits()));
    return new TextClassifierTrainer(model, all, settings, keeping, name);
  }

  /** A copy with these sequences, each with its class, and those to validate by. */
  public TextClassifierTrainer sequences(List<TokenSequence> learned, List<TokenSequence> others) {
    TrainingTexts with = new TrainingTexts(learned, others, List.of());
    return new TextClassifierTrainer(model, with, settings, keeping, name);
  }

  /** A copy with checkpoints and validation. */
  public TextClassifierTrainer keeping(CheckpointPolicy other) {
    return new TextClassifierTrainer(model, texts, settings, other, name);
  }

  /** A copy with another name for the adapter. */
  public TextClassifierTrainer name(String other) {
    return new TextClassifierTrainer(model, texts, settings, keeping, other);
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

  /**
   * The layers that are trained, and how.
   *
   * @throws IllegalArgumentException if the recipe does not fit the model, or leaves out what
   *     starts from chance
   */
  public AdapterPlan plan() {
    AdapterRecipe recipe = settings.recipe();
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

  /** Task of the training loop: the loss of the texts' classes, and their batches. */
  public TrainingTask task() {
    SequenceBatches batches =
        new SequenceBatches(texts.learned(), settings.batch(), settings.training().seed(), true);
    return new SequenceTask(new LabelLoss(model), plan(), batches, validation());
  }

  /** Texts of like lengths together, so that little is padded. */
  private List<List<TokenSequence>> validation() {
    List<TokenSequence> sorted =
        texts.heldOut().stream()
            .sorted(Comparator.comparingInt(TokenSequence::length).reversed())
            .toList();
    return new TrainingTexts(texts.learned(), sorted, texts.notes()).validation(settings.batch());
  }
}
