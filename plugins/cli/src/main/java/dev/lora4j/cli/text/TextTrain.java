package dev.lora4j.cli.text;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.file.RunFileOption;
import dev.lora4j.cli.train.InputAdapters;
import dev.lora4j.cli.train.PlanOption;
import dev.lora4j.cli.train.RateOptions;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.evaluate.ClassificationScores;
import dev.lora4j.text.model.TextModelOutline;
import dev.lora4j.text.pipeline.AdapterClasses;
import dev.lora4j.text.pipeline.TextClassifier;
import dev.lora4j.text.train.SequenceTrainer;
import dev.lora4j.text.train.TextClassifierTrainer;
import dev.lora4j.text.train.TextTrainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains an adapter of a language model. */
@picocli.CommandLine.Command(
    name = "train",
    sortOptions = false,
    description = {
      "Train an adapter of a language model on texts.",
      "Texts are files of plain text, or of lines of JSON: {\"text\"}, {\"prompt\", \"completion\"}"
          + " of which the completion alone is learned, or {\"messages\"} of which the assistant's"
          + " are; {\"text\", \"label\"} teaches a model to tell classes apart, {\"tokens\","
          + " \"tags\"} classes of words; {\"anchor\","
          + " \"positive\"}, with \"negative\" if you have it, teaches a sentence encoder which texts"
          + " belong together.",
      "A word that ends with .toml is a run file, whose keys are the options below; PATH.run/run.toml"
          + " has those of a run."
    })
final class TextTrain implements Command {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin private final RunFileOption file = new RunFileOption();

  @Mixin private final TextModelOptions options = new TextModelOptions();

  @Option(
      names = "--data",
      paramLabel = "PATH",
      required = true,
      description = "Texts: a .jsonl or .txt file, or a folder of such files.")
  private Path data = Path.of("");

  @Option(
      names = "--task",
      paramLabel = "NAME",
      description =
          "What is learned, and refused of other texts: write, classify, tag or embed (default: what the"
              + " form of the texts is for).")
  private Optional<LearnedTask> asked = Optional.empty();

  @Mixin private final EmbeddingOptions embedding = new EmbeddingOptions();

  @Mixin private final TextTrainingOptions how = new TextTrainingOptions();

  @Mixin private final RateOptions rates = new RateOptions();

  @Mixin private final PlanOption planned = new PlanOption();

  @Mixin private final TextRunOptions output = new TextRunOptions();

  @Option(
      names = "--padding-free",
      description =
          "Put the texts of a batch one behind the other, so that short ones are not padded to the"
              + " longest. They do not see each other: losses are the same up to rounding.")
  private boolean paddingFree;

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    ExistingPath.any(data);
    how.require(spec, output.convention());
    how.requireRounding(spec, options.precision);
    boolean finding = rates.asked(spec);
    if (finding) {
      how.steps.requireRate();
    }
    planned.asked(spec);
    output.require();
    how.requireForm(output);
    InputAdapters.require(how.from(), how.sharedA(), output.place().out());
    TextDataSet texts = read();
    options.requireLength(how.lengths.longest());
    if (!finding) {
      output.requireOutput();
    }
    UnusedOptions.refuse(
        spec,
        paddingFree ? List.of("--pack") : List.of(),
        "--padding-free, as blocks have no padding");
    asked.ifPresent(task -> task.require(texts));
    LearnedTask task = asked.orElseGet(() -> LearnedTask.of(texts));
    if (task == LearnedTask.embed) {
      embed(console, texts);
      return 0;
    }
    EmbeddingOptions.refuse(spec, "--task " + task + ", which makes no sentence encoder");
    if (task == LearnedTask.tag) {
      tag(console, texts);
      return 0;
    }
    if (task == LearnedTask.classify) {
      UnusedOptions.refuse(spec, List.of("--padding-free"), "texts with classes");
      classes(console, texts);
    } else {
      words(console, texts);
    }
    return 0;
  }

  private TextTrainingCourse course() {
    return new TextTrainingCourse(spec, file, how, output, planned, json);
  }

  /** Searches a rate instead of training, if that is asked for. */
  private boolean found(Console console, SequenceTrainer<?> trainer, AdapterRecipe recipe) {
    if (rates.asked(spec)) {
      course().find(console, recipe, trainer, rates.steps(), TextTrainingCourse.WITHOUT_HELD_OUT);
    }
    return rates.asked(spec);
  }

  /** Trains a sentence encoder on texts that belong together. */
  private void embed(Console console, TextDataSet texts) {
    long began = System.nanoTime();
    embedding.require(spec, how.steps);
    EmbeddingTraining training =
        new EmbeddingTraining(course(), texts, options, how, embedding, output);
    if (rates.asked(spec)) {
      training.find(console, rates.steps());
    } else {
      training.run(console, json, began);
      next(console, "search with it", "search", "YOUR QUERY");
    }
  }

  /** Trains a model to tell classes of words. */
  private void tag(Console console, TextDataSet texts) {
    long began = System.nanoTime();
    UnusedOptions.refuse(
        spec, List.of("--pack", "--padding-free"), "words with classes, each text by itself");
    TaggingTraining training = new TaggingTraining(course(), texts, options, how, output);
    if (rates.asked(spec)) {
      training.find(console, rates.steps());
    } else {
      training.run(console, json, began);
      next(console, "find words with it", "classify", "YOUR TEXT");
    }
  }

  /** Trains a language model on texts. */
  private void words(Console console, TextDataSet texts) {
    long began = System.nanoTime();
    options.requireFits(how.from().stream().toList(), 0);
    try (OpenText open = OpenText.of(console, options)) {
      SequenceLimits limits = how.lengths.limits(open.model().base());
      AdapterRecipe recipe =
          how.recipe(
              spec,
              console,
              output.convention(),
              open.model().base(),
              open.model()::loadAdapter,
              r -> TextTrainer.on(open.model(), how.settings(r, limits, 1)).plan());
      TextTrainer unsized =
          TextTrainer.on(open.model(), how.settings(recipe, limits, 1)).data(texts);
      unsized.notes().forEach(console::note);
      int count = how.steps.count(unsized.sequences().size());
      TextTrainer trainer =
          rows(
              TextTrainer.on(open.model(), how.settings(recipe, limits, count))
                  .sequences(unsized.sequences(), unsized.heldOut()));
      if (found(console, trainer, recipe)) {
        return;
      }
      course()
          .run(
              console,
              open.model().base(),
              trainer,
              count,
              List.of(),
              work -> summary(console, work, count),
              trained -> trained.tell(console, json, began, Optional.empty()));
    }
    next(console, "read what it writes", "generate", "YOUR PROMPT");
  }

  private TextTrainer rows(TextTrainer trainer) {
    return paddingFree ? Failure.usage("--padding-free", trainer::paddingFree) : trainer;
  }

  /** Trains a model to classify texts. */
  private void classes(Console console, TextDataSet texts) {
    long began = System.nanoTime();
    List<String> labels = labels(texts);
    options.requireFits(how.from().stream().toList(), labels.size());
    try (OpenClassifier open = OpenClassifier.of(console, options, labels, how.steps.seed())) {
      TextClassifier model = open.model();
      SequenceLimits limits = how.lengths.limits(model.base());
      AdapterRecipe recipe =
          how.recipe(
              spec,
              console,
              output.convention(),
              model.base(),
              model::loadAdapter,
              r -> TextClassifierTrainer.on(model, how.settings(r, limits, 1)).plan());
      TextClassifierTrainer unsized =
          TextClassifierTrainer.on(model, how.settings(recipe, limits, 1)).data(texts);
      unsized.notes().forEach(console::note);
      int count = how.steps.count(unsized.sequences().size());
      TextClassifierTrainer trainer =
          TextClassifierTrainer.on(model, how.settings(recipe, limits, count))
              .sequences(unsized.sequences(), unsized.heldOut());
      if (found(console, trainer, recipe)) {
        return;
      }
      console.note("Classes: " + String.join(", ", model.labels()) + ".");
      course()
          .run(
              console,
              model.base(),
              trainer,
              count,
              model.labels(),
              work -> summary(console, work, count),
              trained ->
                  trained.tell(console, json, began, scores(console, model, trainer, trained)));
    }
    next(console, "tell texts apart", "classify", "YOUR TEXT");
  }

  private static Optional<ClassificationScores> scores(
      Console console,
      TextClassifier model,
      TextClassifierTrainer trainer,
      TrainedTextReport trained) {
    MixPlan mix = MixPlan.of(trained.text().adapter(), 1);
    return trainer.heldOut().isEmpty()
        ? Optional.empty()
        : Optional.of(ClassScores.of(console, "texts held out", model, trainer.heldOut(), mix));
  }

  /** The base's classes if the texts have no others, so that training starts from its head. */
  private List<String> labels(TextDataSet texts) {
    how.from().ifPresent(OpenClassifier::requireTexts);
    List<String> own = how.from().map(AdapterClasses::of).orElse(List.of());
    if (!own.isEmpty()) {
      return requireKnown(texts, own);
    }
    List<String> known = TextModelOutline.labels(options.path());
    List<String> labels = known.containsAll(texts.labels()) ? known : texts.labels();
    if (labels.size() < 2) {
      throw new Failure(
          "All texts have the class '"
              + labels.get(0)
              + "', so there is nothing to tell apart. Add texts of other classes.");
    }
    return labels;
  }

  /** Labels of the adapter that it begins with, whose head has them. */
  private List<String> requireKnown(TextDataSet texts, List<String> own) {
    List<String> others = texts.labels().stream().filter(l -> !own.contains(l)).toList();
    if (!others.isEmpty()) {
      throw new Failure(
          how.from().orElseThrow()
              + " tells "
              + String.join(", ", own)
              + " apart, but there are texts of "
              + String.join(", ", others)
              + "; it can only be trained further on its own classes.");
    }
    return own;
  }

  private TextDataSet read() {
    try {
      return TextDataSet.read(data);
    } catch (IOException e) {
      throw new Failure("Cannot read " + data + ": " + ErrorExplanation.of(e), e);
    }
  }

  private void summary(Console console, TextTrainingWork work, int count) {
    long tokens = work.learned().stream().mapToLong(s -> s.ids().length).sum();
    long learned = work.learned().stream().mapToLong(TokenSequence::learned).sum();
    console.note(
        String.format(
            Locale.ROOT,
            "%d texts of %d tokens%s; %d held out.",
            work.learned().size(),
            tokens,
            learned > 0 ? ", " + learned + " of them learned" : "",
            work.heldOut().size()));
    how.steps.noteHeldOut(console, work.heldOut());
    console.note(
        String.format(
            Locale.ROOT,
            "%s on %d layers, %,d numbers; %d steps of %d texts.",
            how.what(),
            work.plan().sites().size(),
            work.plan().elements(),
            count,
            how.steps.perStep()));
  }

  private void next(Console console, String what, String command, String text) {
    if (!json && !planned.asked(spec)) {
      output.next(console, what, List.of("text", command, text), options);
    }
  }
}
