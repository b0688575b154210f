package dev.lora4j.cli.text;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.adapter.UsageBaseModel;
import dev.lora4j.cli.adapter.WeightedFile;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.file.LockedFolder;
import dev.lora4j.cli.file.RunFileOption;
import dev.lora4j.cli.train.StepOptions;
import dev.lora4j.cli.train.TeacherFiles;
import dev.lora4j.cli.train.TeacherPrompts;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.StudentFactors;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.train.TextTeacher;
import dev.lora4j.text.train.TextTrainer;
import dev.lora4j.text.train.TextTrainingSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Trains one adapter of a language model to say what several do. */
@picocli.CommandLine.Command(
    name = "distill",
    sortOptions = false,
    description = {
      "Train one adapter of a language model to say what several adapters say.",
      "",
      "Each adapter is a teacher. It reads the texts that you give it, or writes texts after your"
          + " prompts. The new adapter, the student, is trained on all of them: at each token its own"
          + " teacher's probabilities of the next one are the target, on the base without other"
          + " adapters. Words that you give a teacher with --trigger call it in the student. Texts of"
          + " teachers are kept in PATH.run and made once. The same command with --resume goes on"
          + " where it was stopped.",
      "",
      "A word that ends with .toml is a run file, whose keys are the options below, and teachers;"
          + " PATH.run/run.toml has those of a run."
    })
final class TextDistill implements Command {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin private final TeacherFiles files = new TeacherFiles();

  @Mixin private final TeachingOptions teaching = new TeachingOptions();

  @Mixin
  private final RunFileOption file =
      new RunFileOption(Map.of("teachers", "PATH[:WEIGHT]"), Map.of("teachers", List.of("")));

  @Mixin private final TextModelOptions options = new TextModelOptions();

  @Mixin private final TextStudentOptions student = new TextStudentOptions();

  @Mixin private final StepOptions steps = new StepOptions();

  @Mixin private final TextLengthOptions lengths = new TextLengthOptions();

  @Mixin private final TextRunOptions output = new TextRunOptions();

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public Map<String, List<String>> sections() {
    return Map.of("Divergence", List.of("beta", "temperature"));
  }

  @Override
  @SuppressWarnings("try") // the claim is only held
  public int run(Console console) {
    long began = System.nanoTime();
    Map<String, WeightedFile> named = files.named();
    teaching.require(files, named.keySet());
    require();
    List<String> prompts = teaching.prompts().map(TeacherPrompts::of).orElse(List.of());
    files.requireOther(output.place().out());
    options.requireLength(lengths.longest());
    output.requireOutput();
    options.requireFits(files.files(), 0);
    try (OpenText open = OpenText.of(console, options)) {
      LanguageModel model = open.model();
      TextModel base = model.base();
      Map<String, Adapter> adapters = adapters(console, model, named);
      Adapter first =
          student.first(model, learning(named, adapters), steps.seed(), output.place().name());
      int rank = student.rank(List.copyOf(adapters.values()));
      AdapterRecipe recipe =
          AdapterRecipe.DEFAULT
              .targets(TargetLayers.matching())
              .from(first)
              .rank(rank, student.alpha(rank));
      output.requireForm(recipe.plan(base.sites().all()), base);
      console.note("The student has rank " + rank + " at " + first.sites().size() + " layers.");
      try (LockedFolder claim = output.place().claim()) {
        file.keep(output.place().folder());
        List<TextTeacher> teachers = teachers(console, model, named, adapters, prompts);
        TextTrainer trainer = trainer(model, recipe, teachers);
        int count = steps.count(trainer.sequences().size());
        summary(console, teachers, count);
        TextTrainingWork work = TextTrainingWork.of(trainer, steps, output.place());
        TrainedTextReport trained = output.train(console, work, base, count, steps.perStep());
        output.save(trained.text(), base, List.of());
        Optional<Adapter> merge = student.merges() ? Optional.of(first) : Optional.empty();
        List<DistilledTexts> scores =
            DistilledTexts.of(
                console, model, teachers, merge, trained.text().adapter(), student.divergence());
        trained.tellDistilled(console, json, began, scores);
      }
    }
    if (!json) {
      output.next(
          console, "read what it writes", List.of("text", "generate", "YOUR PROMPT"), options);
    }
    return 0;
  }

  /** Refuses numbers that nothing can be trained with, before anything is read. */
  private void require() {
    student.require();
    output.require();
    try {
      steps.require();
      settings(AdapterRecipe.DEFAULT, lengths.limits(), 1, student.heldOut());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    steps.refuseUnused(spec);
  }

  private TextTrainingSettings settings(
      AdapterRecipe recipe, SequenceLimits limits, int count, double heldOut) {
    return new TextTrainingSettings(recipe, steps.settings(count), limits, steps.batch(), heldOut);
  }

  private static Map<String, Adapter> adapters(
      Console console, LanguageModel model, Map<String, WeightedFile> named) {
    UsageBaseModel used = UsageBaseModel.of(model.base());
    Map<String, Adapter> adapters = new LinkedHashMap<>();
    named.forEach(
        (name, file) -> {
          LoadedAdapter loaded = model.loadAdapter(file.file(), ReadOptions.STRICT);
          used.tell(console, file.file(), loaded);
          Adapter adapter = loaded.adapter();
          adapters.put(name, adapter.described(name, adapter.metadata()));
        });
    return adapters;
  }

  private static List<StudentFactors.Teacher> learning(
      Map<String, WeightedFile> named, Map<String, Adapter> adapters) {
    List<StudentFactors.Teacher> all = new ArrayList<>();
    adapters.forEach(
        (name, adapter) -> all.add(new StudentFactors.Teacher(adapter, weight(named, name))));
    return all;
  }

  private static double weight(Map<String, WeightedFile> named, String name) {
    return Optional.ofNullable(named.get(name)).orElseThrow().weight();
  }

  private List<TextTeacher> teachers(
      Console console,
      LanguageModel model,
      Map<String, WeightedFile> named,
      Map<String, Adapter> adapters,
      List<String> prompts) {
    long seed = steps.seed();
    List<String> asked =
        prompts.isEmpty() ? prompts : TeacherPrompts.some(prompts, teaching.samples(), seed);
    Path folder = output.place().folder().resolve("teachers");
    TeachingTexts writing =
        new TeachingTexts(console, model, folder, asked, teaching.sampling(seed));
    TeachingRun run =
        new TeachingRun(console, model, lengths.limits(model.base()), student.heldOut(), seed);
    adapters.forEach(
        (name, adapter) -> {
          double weight = weight(named, name);
          Optional<Path> given = teaching.texts(name);
          Path texts = given.orElseGet(() -> writing.of(name, adapter, weight));
          run.add(adapter, weight, teaching.words(name), texts, given.isEmpty());
        });
    run.notes().forEach(console::note);
    return run.teachers();
  }

  private TextTrainer trainer(
      LanguageModel model, AdapterRecipe recipe, List<TextTeacher> teachers) {
    List<TokenSequence> all = new ArrayList<>();
    teachers.forEach(t -> t.learned().forEach(text -> all.add(text.student())));
    return TextTrainer.on(
            model, settings(recipe, lengths.limits(model.base()), steps.count(all.size()), 0))
        .teachers(teachers, student.divergence());
  }

  private void summary(Console console, List<TextTeacher> teachers, int count) {
    for (TextTeacher teacher : teachers) {
      console.note(
          String.format(
              Locale.ROOT,
              "%s teaches by %d texts, %d tokens of which are learned; %d held out.",
              teacher.adapter().name(),
              teacher.learned().size(),
              teacher.learned().stream().mapToInt(t -> t.student().learned()).sum(),
              teacher.heldOut().size()));
    }
    if (teachers.stream().allMatch(t -> t.heldOut().isEmpty()) && !steps.ofHeldOut().isEmpty()) {
      console.note(
          String.join(" and ", steps.ofHeldOut())
              + " without effect: no texts are held out; --held-out 0.05 holds some out.");
    }
    console.note(String.format(Locale.ROOT, "%d steps of %d texts.", count, steps.perStep()));
  }
}
