package dev.lora4j.cli.text;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.file.RunFileOption;
import dev.lora4j.cli.train.InputAdapters;
import dev.lora4j.cli.train.PlanOption;
import dev.lora4j.cli.train.RateOptions;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.text.align.RolloutListener;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.train.TextTrainer;
import dev.lora4j.text.train.TextTrainingSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains an adapter of a language model to write what people prefer, or what is rewarded. */
@picocli.CommandLine.Command(
    name = "align",
    sortOptions = false,
    defaultValueProvider = PreferenceDefaults.class,
    description = {
      "Train an adapter of a language model to write what people prefer, what is rewarded, or what a"
          + " teacher would; or one that tells how good an answer is.",
      "",
      "Data are lines of JSON. For dpo, cpo, simpo and orpo: {\"prompt\", \"chosen\", \"rejected\"},"
          + " of which chosen is the better answer, each a text or a list of messages; without prompt"
          + " it is what both begin with. For kto: {\"prompt\", \"completion\", \"label\"}, true or"
          + " false. For grpo and rloo: {\"prompt\"}, and whatever reward"
          + " functions look at; the model writes several answers, and those with greater rewards"
          + " become likelier; for ppo one answer, of which each token with a greater reward than a"
          + " value head expected becomes likelier. For distill: {\"prompt\"}; the model writes an answer, and learns at each"
          + " of its tokens what --teacher says next; with --on-policy below 1 {\"prompt\","
          + " \"completion\"} or {\"messages\"}. For reward: pairs as for dpo, in all or none of"
          + " which a number \"margin\" says by how much; the adapter then has a head that gives a text"
          + " a number, for text score and --reward model:path=DIR. The reference is the base, or the"
          + " adapter of --from as it is now."
          + " Before the first step a fresh adapter equals it, so that the loss of dpo begins at"
          + " 0.693; that of grpo begins at 0, as advantages add up to it, and that of ppo at the loss of its"
          + " values: watch the reward.",
      "",
      "A batch of grpo and rloo is one prompt with its completions, one of ppo 8 prompts with a"
          + " completion each, and a step takes 4 of them, unless you give --batch.",
      "",
      "A word that ends with .toml is a run file, whose keys are the options below, method for METHOD"
          + " and adapter-method for --method; PATH.run/run.toml has those of a run."
    })
final class TextAlign implements Command {
  /** Prompts of a step that learns from rewards, one at once, if nothing is said. */
  private static final int PROMPTS = 4;

  /** Completions that a value head judges at once, if nothing is said. */
  private static final int VALUED = 8;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin private final PreferenceOptions preference = new PreferenceOptions();

  @Mixin private final RewardOptions rewards = new RewardOptions();

  @Mixin private final ValueOptions values = new ValueOptions();

  @Mixin private final TeacherOptions teacher = new TeacherOptions();

  @Mixin private final WritingOptions writing = new WritingOptions();

  @Mixin
  private final RunFileOption file =
      new RunFileOption(
          Map.of("method", "METHOD", "adapter-method", "--method"),
          Map.of("reward", List.of("schema", "path", "base"), "teacher-lora", List.of("")));

  @Mixin private final RewardModelOptions judge = new RewardModelOptions();

  @Mixin private final TextModelOptions options = new TextModelOptions();

  @Option(
      names = "--data",
      paramLabel = "PATH",
      required = true,
      description = "Pairs or prompts: a .jsonl file, or a folder of such files.")
  private Path data = Path.of("");

  @Mixin private final TextTrainingOptions how = new TextTrainingOptions();

  @Mixin private final RateOptions rates = new RateOptions();

  @Mixin private final PlanOption planned = new PlanOption();

  @Mixin private final TextRunOptions output = new TextRunOptions();

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public Map<String, List<String>> sections() {
    Map<String, List<String>> sections = new LinkedHashMap<>();
    sections.put(
        "Alignment",
        List.of(
            "loss",
            "beta",
            "divergence",
            "weighting",
            "ld-alpha",
            "sync-reference",
            "precompute-reference"));
    sections.put("Rewards", RewardOptions.NAMES);
    sections.put("Value head", ValueOptions.NAMES);
    sections.put("Teacher", TeacherOptions.NAMES);
    sections.put("Writing", WritingOptions.NAMES);
    sections.put("Reward model", RewardModelOptions.NAMES);
    return sections;
  }

  @Override
  public int run(Console console) {
    long began = System.nanoTime();
    ExistingPath.any(data);
    AlignmentMethod method = preference.method();
    require(method);
    UnusedOptions.refuse(
        spec, List.of("--dropout"), "text align, which compares what the model itself would say");
    how.require(spec, output.convention());
    how.requireRounding(spec, options.precision);
    planned.asked(spec);
    output.require();
    InputAdapters.require(how.from(), how.sharedA(), output.place().out());
    boolean finding = rates.asked(spec);
    if (finding) {
      requireRate();
    }
    if (method.kind() == AlignmentMethod.Kind.REWARD_MODEL) {
      rewardModel(console, finding, began);
      return 0;
    }
    AlignmentLesson lesson = lesson(method, finding ? RolloutListener.NONE : log(console));
    requireRoom(finding);
    options.requireFits(how.from().stream().toList(), 0);
    try (OpenText open = OpenText.of(console, options);
        AlignmentLesson opened = lesson) {
      LanguageModel model = open.model();
      opened.open(console, open, options);
      SequenceLimits limits = how.lengths.limits(model.base());
      AdapterRecipe recipe =
          how.recipe(
              spec,
              console,
              output.convention(),
              model.base(),
              model::loadAdapter,
              r -> TextTrainer.on(model, how.settings(r, limits, 1)).plan());
      lesson.read(console, model, limits);
      TextTrainer unsized = trainer(lesson, model, how.settings(recipe, limits, 1));
      int count = how.steps.count(unsized.sequences().size(), lesson.repeats());
      TextTrainer trainer = trainer(lesson, model, how.settings(recipe, limits, count));
      if (finding) {
        course().find(console, recipe, trainer, rates.steps(), lesson.uncertain());
        return 0;
      }
      course()
          .run(
              console,
              model.base(),
              trainer,
              count,
              List.of(),
              work -> summary(console, lesson, work, count),
              trained -> lesson.tell(trained, console, json, began));
    }
    if (!json && !planned.asked(spec)) {
      output.next(
          console, "read what it writes", List.of("text", "generate", "YOUR PROMPT"), options);
    }
    return 0;
  }

  /** Refuses a search of rates that would say nothing, and options without effect in it. */
  private void requireRate() {
    how.steps.requireRate();
    UnusedOptions.refuse(
        spec, List.of("--show-every"), "--find-rate, whose trials write nothing down");
    UnusedOptions.refuse(
        spec, List.of("--sync-reference"), "--find-rate, as trials need the same reference");
  }

  private void requireRoom(boolean finding) {
    options.requireLength(how.lengths.longest());
    if (!finding) {
      output.requireOutput();
    }
  }

  private TextTrainingCourse course() {
    return new TextTrainingCourse(spec, file, how, output, planned, json);
  }

  private void rewardModel(Console console, boolean finding, long began) {
    RewardModelTraining training =
        new RewardModelTraining(
            course(), RewardModelTraining.read(data), judge.objective(), options, how, output);
    requireRoom(finding);
    if (finding) {
      training.find(console, rates.steps());
      return;
    }
    training.run(console, json, began);
    if (!json && !planned.asked(spec)) {
      output.next(
          console, "score answers", List.of("text", "score", "--data", "ANSWERS.jsonl"), options);
    }
  }

  private TextTrainer trainer(
      AlignmentLesson lesson, LanguageModel model, TextTrainingSettings settings) {
    TextTrainer plain = lesson.trainer(model, settings);
    return preference.sync().map(plain::sync).orElse(plain);
  }

  private void require(AlignmentMethod method) {
    boolean rewarded = method.kind() == AlignmentMethod.Kind.REWARDS;
    boolean taught = method.kind() == AlignmentMethod.Kind.TEACHER;
    if (rewarded || taught) {
      writing.refuseOthers(spec, method);
      int once =
          method == AlignmentMethod.ppo
              ? Math.max(1, VALUED / Math.max(1, rewards.generations(method)))
              : 1;
      how.steps.batchUnlessSaid(rewarded ? once : PROMPTS, rewarded ? PROMPTS : 1);
    } else {
      writing.refuse(spec, method);
    }
    if (rewarded) {
      WritingOptions.refuseLength(spec, method);
      rewards.refuseOthers(spec, method);
    } else {
      rewards.refuse(spec, method);
    }
    if (method != AlignmentMethod.ppo) {
      values.refuse(spec, method);
    }
    if (taught) {
      UnusedOptions.refuse(spec, List.of("--loss"), method + ", whose loss is the divergence");
      teacher.refuseOthers(spec, how.heldOut());
      teacher.require(spec, options.path());
    } else {
      teacher.refuse(spec, method);
    }
    if (method.kind() == AlignmentMethod.Kind.REWARD_MODEL) {
      judge.refuseOthers(spec);
    } else {
      judge.refuse(spec, method);
    }
    preference.sync();
    if (method != AlignmentMethod.dpo) {
      UnusedOptions.refuse(
          spec, List.of("--weighting", "--ld-alpha"), method + "; take dpo for it");
    }
    if (method.kind() != AlignmentMethod.Kind.PAIRS) {
      UnusedOptions.refuse(spec, List.of("--divergence"), method + ", which takes that of KL");
      UnusedOptions.refuse(spec, List.of("--pack"), method + ", as each answer is by itself");
    }
  }

  private AlignmentLesson lesson(AlignmentMethod method, RolloutListener listener) {
    double share = how.heldOut();
    long seed = how.steps.seed();
    return switch (method.kind()) {
      case PAIRS ->
          new PairLesson(preference.objective(), preference.reference(), data, share, seed);
      case JUDGEMENTS ->
          new JudgedLesson(preference.unpaired(), preference.reference(), data, share, seed);
      case REWARDS ->
          new RewardLesson(
              rewards.settings(preference, writing, values),
              rewards.rewards(),
              HeldOutPrompts.read(data, share, seed),
              listener);
      case TEACHER ->
          new TeacherLesson(
              teacher.on(preference.teaching(writing)),
              teacher,
              teacher.takesCompletions()
                  ? HeldOutPrompts.answered(data, share, seed)
                  : HeldOutPrompts.read(data, share, seed),
              listener);
      case REWARD_MODEL -> throw new IllegalArgumentException(method + " has a run of its own.");
    };
  }

  private CompletionLog log(Console console) {
    return new CompletionLog(console, output.place().folder(), writing.showEvery());
  }

  private void summary(Console console, AlignmentLesson lesson, TextTrainingWork work, int count) {
    console.note(lesson.summary());
    if (!lesson.holdsOut() && !how.steps.ofHeldOut().isEmpty()) {
      console.note(
          String.join(" and ", how.steps.ofHeldOut())
              + " without effect: nothing is held out; --held-out 0.1 holds out a tenth of it.");
    }
    console.note(lesson.compares() ? reference() : lesson.noReference());
    preference
        .sync()
        .ifPresent(
            sync ->
                console.note(
                    String.format(
                        Locale.ROOT,
                        "It follows the model: every %d steps by %.0f %%.",
                        sync.every(),
                        100 * sync.share())));
    console.note(
        String.format(
            Locale.ROOT,
            "%s by %s on %d layers, %,d numbers; %d steps of %s.",
            how.what(),
            preference.method(),
            work.plan().sites().size(),
            work.plan().elements(),
            count,
            lesson.step(how.steps.perStep())));
  }

  private String reference() {
    return how.from()
        .map(
            begun ->
                "The reference is the base with "
                    + begun
                    + " as it is now, as training begins there.")
        .orElse("The reference is the base, as training begins with a fresh adapter.");
  }
}
