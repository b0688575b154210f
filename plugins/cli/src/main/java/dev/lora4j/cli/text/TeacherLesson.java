package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Console;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.text.align.OnPolicySettings;
import dev.lora4j.text.align.RolloutListener;
import dev.lora4j.text.data.JudgedCompletion;
import dev.lora4j.text.data.JudgedCompletions;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.train.PolicyTeacher;
import dev.lora4j.text.train.TextTrainer;
import dev.lora4j.text.train.TextTrainingSettings;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Prompts, and a teacher of what the model writes for them. */
final class TeacherLesson implements AlignmentLesson {
  private final OnPolicySettings settings;
  private final TeacherOptions options;
  private final RolloutListener listener;
  private final HeldOutPrompts prompts;
  private Optional<LanguageModel> opened = Optional.empty();
  private Optional<PolicyTeacher> teacher = Optional.empty();
  private List<TokenSequence> completions = List.of();

  /**
   * A lesson.
   *
   * @param listener receives what the model writes
   */
  TeacherLesson(
      OnPolicySettings settings,
      TeacherOptions options,
      HeldOutPrompts prompts,
      RolloutListener listener) {
    this.settings = settings;
    this.options = options;
    this.prompts = prompts;
    this.listener = listener;
  }

  @Override
  public void open(Console console, OpenText base, TextModelOptions how) {
    options
        .model()
        .ifPresent(
            path -> {
              long began = System.nanoTime();
              DType compute = base.model().base().compute();
              TextLoadOptions loading = TextLoadOptions.in(how.precision.of(compute));
              LanguageModel own = LanguageModel.open(base.lora(), path, loading);
              opened = Optional.of(own);
              OpenText.tell(console, path, began, base.lora(), compute);
            });
    teacher = Optional.of(options.on(console, opened.orElse(base.model())));
  }

  @Override
  public void read(Console console, LanguageModel model, SequenceLimits limits) {
    if (settings.share() > 0 || settings.teacherWrites() || prompts.holdsOut()) {
      prompts.tellRoom(console, model, settings.maxNewTokens());
    }
    int most = Math.min(limits.longest(), teacher.orElseThrow().longest(model));
    SequenceLimits both = new SequenceLimits(most, limits.longer(), false);
    prompts
        .answers()
        .ifPresent(
            answers -> {
              JudgedCompletions all = model.judgements(answers, both);
              all.notes(both).forEach(console::note);
              completions = all.completions().stream().map(JudgedCompletion::sequence).toList();
            });
  }

  @Override
  public TextTrainer trainer(LanguageModel model, TextTrainingSettings how) {
    return TextTrainer.on(model, how)
        .teacher(
            prompts.learned(),
            completions,
            prompts.heldOut(),
            teacher.orElseThrow(),
            settings,
            listener);
  }

  @Override
  public String summary() {
    return String.format(Locale.ROOT, "%s. Its teacher is %s.", prompts, options.described());
  }

  @Override
  public String step(int perStep) {
    return perStep + " prompts";
  }

  @Override
  public String uncertain() {
    return TextTrainingCourse.WRITTEN;
  }

  @Override
  public boolean holdsOut() {
    return prompts.holdsOut();
  }

  @Override
  public boolean compares() {
    return false;
  }

  @Override
  public String noReference() {
    double share = settings.share();
    String others = settings.teacherWrites() ? "what the teacher writes" : "the data's completions";
    if (share == 0) {
      return "The model learns at each token of " + others + " what the teacher says next.";
    }
    String rest =
        String.format(
            Locale.ROOT,
            " It writes %.0f %% of the batches itself; in the others it learns %s so.",
            100 * share,
            others);
    return "The model writes, and learns at each of its tokens what the teacher says next."
        + (share < 1 ? rest : "");
  }

  @Override
  public void tell(TrainedTextReport report, Console console, boolean json, long began) {
    report.tellTaught(console, json, began);
  }

  @Override
  public void close() {
    opened.ifPresent(LanguageModel::close);
  }
}
