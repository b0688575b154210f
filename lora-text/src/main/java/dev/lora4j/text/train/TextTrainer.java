package dev.lora4j.text.train;

import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.text.align.OnPolicySettings;
import dev.lora4j.text.align.PolicySettings;
import dev.lora4j.text.align.PreferenceObjective;
import dev.lora4j.text.align.ReferenceSync;
import dev.lora4j.text.align.ReferenceUse;
import dev.lora4j.text.align.Rewards;
import dev.lora4j.text.align.RolloutListener;
import dev.lora4j.text.align.UnpairedObjective;
import dev.lora4j.text.data.JudgedCompletion;
import dev.lora4j.text.data.PreferencePair;
import dev.lora4j.text.data.PromptSet;
import dev.lora4j.text.data.SequenceBatches;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.CacheSize;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.network.JensenShannonDivergence;
import dev.lora4j.text.network.Seq2SeqNetwork;
import dev.lora4j.text.pipeline.LanguageModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Trainer of an adapter of a language model on texts. */
public final class TextTrainer extends SequenceTrainer<TextTrainer> {
  private final LanguageModel model;
  private final Lesson lesson;

  private TextTrainer(LanguageModel model, Lesson lesson, TrainingRequest request) {
    super(request);
    this.model = model;
    this.lesson = lesson;
  }

  /** A trainer for a model, with settings and no texts yet. */
  public static TextTrainer on(LanguageModel model, TextTrainingSettings settings) {
    return new TextTrainer(model, new Lesson.Texts(false), TrainingRequest.of(settings, "text"));
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
   * A copy whose batches lie in few rows, one text behind the other, none of which sees another.
   * The losses are the same up to rounding; texts of very different lengths take less time.
   *
   * @throws IllegalArgumentException if the model has an encoder, or something else than texts is
   *     learned
   */
  public TextTrainer paddingFree() {
    requireCausal("Rows without padding");
    if (!(lesson instanceof Lesson.Texts)) {
      throw new IllegalArgumentException("Only texts themselves are learned without padding.");
    }
    return new TextTrainer(model, new Lesson.Texts(true), request());
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
    return new TextTrainer(model, new Lesson.Teachers(taught), request())
        .sequences(taught.learned(), taught.heldOut());
  }

  /**
   * A copy that learns which of two completions is better. The reference is the base, or the base
   * with the adapter that the recipe begins with, as it is now.
   *
   * @param learned the pairs to learn, at least one
   * @param heldOut those to validate by
   */
  public TextTrainer preferences(
      List<PreferencePair> learned, List<PreferencePair> heldOut, PreferenceObjective objective) {
    return preferences(learned, heldOut, objective, ReferenceUse.EACH_STEP);
  }

  /**
   * {@link #preferences(List, List, PreferenceObjective)} with likelihoods under the reference that
   * are computed when it is said.
   */
  public TextTrainer preferences(
      List<PreferencePair> learned,
      List<PreferencePair> heldOut,
      PreferenceObjective objective,
      ReferenceUse reference) {
    if (learned.isEmpty()) {
      throw new IllegalArgumentException("There are no pairs to learn from.");
    }
    Preferences all = new Preferences(objective, learned, heldOut);
    return new TextTrainer(model, new Lesson.Pairs(all, reference, Optional.empty()), request())
        .sequences(all.learned(), all.heldOut());
  }

  /**
   * A copy that learns which completions are good and which are bad. The reference is as in {@link
   * #preferences(List, List, PreferenceObjective)}.
   *
   * @param learned the completions to learn, at least two
   * @param heldOut those to validate by
   * @throws IllegalArgumentException if there are too few, or the model has an encoder
   */
  public TextTrainer judgements(
      List<JudgedCompletion> learned,
      List<JudgedCompletion> heldOut,
      UnpairedObjective objective,
      ReferenceUse reference) {
    requireCausal("Judgements");
    if (learned.size() < 2) {
      throw new IllegalArgumentException(
          "Judgements are compared with each other: give at least 2 to learn, found "
              + learned.size()
              + " beside "
              + heldOut.size()
              + " held out.");
    }
    JudgedTexts all = new JudgedTexts(objective, learned, heldOut);
    return new TextTrainer(model, new Lesson.Judged(all, reference, Optional.empty()), request())
        .sequences(all.learned(), all.heldOut());
  }

  private void requireCausal(String what) {
    if (model.network() instanceof Seq2SeqNetwork) {
      throw new IllegalArgumentException(
          what
              + " are learned by models that go on from texts, and this one has an encoder and a"
              + " decoder.");
    }
  }

  /**
   * A copy that learns from rewards of what the model writes itself. The reference, where there is
   * one, is the base, or the base with the adapter that the recipe begins with, as it is now.
   *
   * @param learned the prompts to learn with
   * @param heldOut those by which rewards are reported beside the steps; {@link PromptSet#NONE} for
   *     none
   * @param listener receives the completions of each step
   * @throws IllegalArgumentException if there are no prompts, or the model has an encoder
   * @throws dev.lora4j.text.data.TextDataException with all prompts that leave no room
   */
  public TextTrainer rewards(
      PromptSet learned,
      PromptSet heldOut,
      PolicySettings how,
      Rewards rewards,
      RolloutListener listener) {
    requireCausal("Rewards");
    RewardedPrompts all =
        new RewardedPrompts(new PromptSequences(model, learned, heldOut), how, rewards, listener);
    // Rewards judge what is held out, not a loss.
    return new TextTrainer(model, new Lesson.Rewarded(all, Optional.empty()), request())
        .sequences(all.sequences().learned(), List.of());
  }

  /**
   * A copy that writes completions of prompts, and learns at each of its own tokens how likely the
   * teacher finds every next one (Agarwal et al. 2024).
   *
   * @param learned the prompts to learn with
   * @param heldOut those by which the distance from the teacher is reported beside the steps;
   *     {@link PromptSet#NONE} for none
   * @param listener receives the completions of each step, which have no rewards
   * @throws IllegalArgumentException if there are no prompts, one of the models has an encoder, or
   *     the teacher has other tokens or no room for a prompt
   * @throws dev.lora4j.text.data.TextDataException with all prompts that leave no room
   */
  public TextTrainer teacher(
      PromptSet learned,
      PromptSet heldOut,
      PolicyTeacher teacher,
      OnPolicySettings how,
      RolloutListener listener) {
    return teacher(learned, List.of(), heldOut, teacher, how, listener);
  }

  /**
   * {@link #teacher(PromptSet, PromptSet, PolicyTeacher, OnPolicySettings, RolloutListener)} with
   * completions that are learned where the student does not write itself.
   *
   * @param completions of the prompts, in their order, each after its prompt, as {@link
   *     LanguageModel#judgements} makes them; none where the settings {@linkplain
   *     OnPolicySettings#takesCompletions() take} none
   * @throws IllegalArgumentException also if there are not as many as prompts
   */
  public TextTrainer teacher(
      PromptSet learned,
      List<TokenSequence> completions,
      PromptSet heldOut,
      PolicyTeacher teacher,
      OnPolicySettings how,
      RolloutListener listener) {
    requireCausal("Completions of the student's own");
    PromptSequences prompts = new PromptSequences(model, learned, heldOut);
    OnPolicyTeaching all = new OnPolicyTeaching(prompts, completions, teacher, how, listener);
    all.requireFor(model);
    return new TextTrainer(model, new Lesson.Written(all), request())
        .sequences(prompts.learned(), List.of());
  }

  /**
   * A copy whose reference follows the model. It begins as the model does, and moves before a step
   * by the adapter as it is then.
   *
   * @throws IllegalArgumentException if what is learned has no reference, or one that is asked once
   */
  public TextTrainer sync(ReferenceSync sync) {
    Optional<ReferenceSync> some = Optional.of(sync);
    if (lesson instanceof Lesson.Pairs pairs && pairs.preferences().objective().compares()) {
      requireAsked(pairs.reference());
      return with(new Lesson.Pairs(pairs.preferences(), pairs.reference(), some));
    } else if (lesson instanceof Lesson.Judged judged) {
      requireAsked(judged.reference());
      return with(new Lesson.Judged(judged.texts(), judged.reference(), some));
    } else if (lesson instanceof Lesson.Rewarded rewarded
        && rewarded.prompts().settings().compares()) {
      return with(new Lesson.Rewarded(rewarded.prompts(), some));
    }
    throw new IllegalArgumentException("What is learned has no reference that could move.");
  }

  private TextTrainer with(Lesson other) {
    return new TextTrainer(model, other, request());
  }

  private static void requireAsked(ReferenceUse use) {
    if (use == ReferenceUse.ONCE) {
      throw new IllegalArgumentException(
          "A reference that is asked once for each completion cannot move; ask it in each step.");
    }
  }

  @Override
  void requireShared() {
    lesson.requireShared();
  }

  @Override
  Map<String, String> identity() {
    return lesson.identity();
  }

  @Override
  TextTrainer with(TrainingRequest other) {
    return new TextTrainer(model, lesson, other);
  }

  @Override
  public TextTrainer data(TextDataSet data) {
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
  long cached() {
    if (model.network() instanceof CausalNetwork network) {
      CacheSize size = network.cacheSize();
      return 2L * size.layers() * size.heads() * size.width();
    }
    return 0;
  }

  @Override
  Function<AdapterPlan, SequenceTask> tasks(Scope owner) {
    int batch = settings().batch();
    SequenceBatches batches =
        new SequenceBatches(texts().learned(), batch, settings().training().seed(), false);
    SequenceLoss loss = new LessonLosses(owner, model, settings()).of(lesson);
    return planned -> new SequenceTask(loss, planned, batches, texts().validation(batch));
  }
}
