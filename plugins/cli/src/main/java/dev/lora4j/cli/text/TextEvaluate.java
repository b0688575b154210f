package dev.lora4j.cli.text;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.data.MatchedTexts;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TaggedTexts;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TextForm;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.data.TokenSequences;
import dev.lora4j.text.evaluate.Bleu;
import dev.lora4j.text.evaluate.ClassificationScores;
import dev.lora4j.text.evaluate.ClozeScores;
import dev.lora4j.text.evaluate.GeneratedText;
import dev.lora4j.text.evaluate.Perplexity;
import dev.lora4j.text.evaluate.RetrievalScores;
import dev.lora4j.text.evaluate.TaggingScores;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.TextClassifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Scores a language model on texts. */
@picocli.CommandLine.Command(
    name = "evaluate",
    sortOptions = false,
    description =
        "Score a language model on texts that it was not taught, without and with adapters: its"
            + " perplexity; where the data say what should be written, also the BLEU of what it"
            + " writes; on texts with classes, how many it tells rightly; on texts that belong together,"
            + " how well it finds them; with --reward, how good what"
            + " it writes for prompts is, and how often adapters make it better.")
final class TextEvaluate implements Command {
  @Mixin private final TextModelOptions options = new TextModelOptions();

  @Option(
      names = "--data",
      paramLabel = "PATH",
      required = true,
      description =
          "Texts: a .jsonl or .txt file, or a folder of such files. With --reward lines of JSON with"
              + " a prompt and what the reward functions look at.")
  private Path data = Path.of("");

  @Option(
      names = "--lora",
      paramLabel = "PATH[:WEIGHT]",
      converter = LoraOption.Reader.class,
      description = "Adapter to blend in, and its weight (default: 1). May be given several times.")
  private List<LoraOption> loras = new ArrayList<>();

  @Option(
      names = "--max-length",
      paramLabel = "N",
      description = "Tokens of a block (default: what the model reads, at most 1024).")
  private Optional<Integer> longest = Optional.empty();

  @Option(
      names = "--pack",
      description = "Join plain texts and cut them into blocks, instead of cutting off long ones.")
  private boolean pack;

  @Option(
      names = "--cloze",
      description =
          "Tell how often the likeliest tokens after a prompt are those of its completion, as LAMBADA"
              + " does with the last words of passages; instead of BLEU.")
  private boolean cloze;

  @Mixin private final PromptOptions prompts = new PromptOptions();
  @Mixin private final TextOutputs outputs = new TextOutputs();
  @Mixin private final AnswerOptions answers = new AnswerOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    ExistingPath.any(data);
    LoraOption.requireForTexts(loras);
    outputs.require();
    outputs.requireOther(data);
    options.requireLength(longest);
    if (answers.wanted(spec)) {
      new AnswerScores(answers, outputs, json).run(console, options, data, loras);
      return 0;
    }
    TextDataSet texts;
    try {
      texts = TextDataSet.read(data);
    } catch (IOException e) {
      throw new Failure("Cannot read " + data + ": " + ErrorExplanation.of(e), e);
    }
    if (cloze && texts.form() != TextForm.COMPLETION) {
      throw Failure.usage(
          "--cloze wants lines of {\"prompt\", \"completion\"}; "
              + data
              + " has "
              + texts.form()
              + ".");
    }
    boolean writes = outputs.wanted(texts) && !cloze;
    if (cloze && outputs.file().isPresent()) {
      throw Failure.usage("--outputs keeps what is written; with --cloze nothing is.");
    }
    if (texts.form() == TextForm.MATCH) {
      search(console, texts);
      return 0;
    }
    PromptOptions.refuse(spec, "texts of which nothing is searched for");
    if (texts.form() == TextForm.TAGGED) {
      words(console, texts);
      return 0;
    }
    if (texts.form() == TextForm.LABELLED) {
      classes(console, texts);
    } else {
      words(console, texts, writes);
    }
    return 0;
  }

  private void words(Console console, TextDataSet texts, boolean writes) {
    try (OpenText open = OpenText.of(console, options, loras)) {
      LanguageModel model = open.model();
      SequenceLimits limits = limits(model.base());
      TokenSequences cut = model.sequences(texts, limits);
      MixPlan mix = open.plan(console, loras);
      if (writes) {
        GeneratedText.requirePrompts(model, texts);
      }
      Perplexity base = of(console, "base", model, cut.sequences(), MixPlan.NONE);
      Json report = new Json().put("base", base.value()).put("tokens", base.tokens());
      if (!json) {
        console.print(line(told(MixPlan.NONE), base));
      }
      if (cloze) {
        told(console, "base", report, model, cut.sequences(), MixPlan.NONE);
      }
      if (writes) {
        bleu(console, "base", report, model, texts, MixPlan.NONE);
      }
      if (!mix.parts().isEmpty()) {
        Perplexity adapted = of(console, "adapters", model, cut.sequences(), mix);
        report.put("adapters", adapted.value());
        if (!json) {
          console.print(line(told(mix), adapted));
        }
        if (cloze) {
          told(console, "adapters", report, model, cut.sequences(), mix);
        }
        if (writes) {
          bleu(console, "adapters", report, model, texts, mix);
        }
      }
      outputs.keep();
      cut.notes(limits).forEach(console::note);
      if (json) {
        console.print(report.toString());
      }
    }
  }

  private void told(
      Console console,
      String what,
      Json report,
      LanguageModel model,
      List<TokenSequence> texts,
      MixPlan mix) {
    ClozeScores found;
    try (Progress progress = console.progress("asking the " + what, texts.size(), "text")) {
      found = ClozeScores.of(model, texts, mix, done -> progress.done(done, ""));
    }
    report.put(what + "Cloze", found.accuracy());
    if (!json) {
      console.print(
          String.format(
              Locale.ROOT,
              "%s  completions told %.1f %% (%d of %d)",
              told(mix),
              100 * found.accuracy(),
              found.right(),
              found.asked()));
    }
  }

  private void bleu(
      Console console,
      String what,
      Json report,
      LanguageModel model,
      TextDataSet texts,
      MixPlan mix) {
    Bleu found = outputs.score(console, what, model, texts, mix);
    report.put(what + "Bleu", TextOutputs.json(found));
    if (!json) {
      console.print(TextOutputs.line(told(mix), found));
    }
  }

  private void classes(Console console, TextDataSet texts) {
    try (OpenClassifier open = OpenClassifier.of(console, options, loras)) {
      TextClassifier model = open.model();
      SequenceLimits limits = limits(model.base());
      TokenSequences cut = model.sequences(texts, limits);
      MixPlan mix = open.plan(console, loras);
      Json report = new Json();
      // A random head shows nothing about the base.
      if (model.base().started().isEmpty()) {
        score(console, "base", report, model, cut.sequences(), MixPlan.NONE);
      }
      if (!mix.parts().isEmpty()) {
        score(console, "adapters", report, model, cut.sequences(), mix);
      }
      cut.notes(limits).forEach(console::note);
      if (json) {
        console.print(report.toString());
      }
    }
  }

  private void words(Console console, TextDataSet texts) {
    UnusedOptions.refuse(spec, List.of("--pack"), "words with classes, each text by itself");
    try (OpenTagger open = OpenTagger.of(console, options, loras)) {
      SequenceLimits limits = limits(open.model().base());
      TaggedTexts read = open.model().texts(texts, limits);
      MixPlan mix = open.plan(console, loras);
      Json report = new Json();
      // A random head shows nothing about the base.
      List<MixPlan> mixes = new ArrayList<>();
      if (open.model().base().started().isEmpty()) {
        mixes.add(MixPlan.NONE);
      }
      if (!mix.parts().isEmpty()) {
        mixes.add(mix);
      }
      for (MixPlan each : mixes) {
        String what = each.parts().isEmpty() ? "base" : "adapters";
        TaggingScores found = TagScores.of(console, what, open.model(), read.texts(), each);
        report.put(what, TagScores.json(found));
        if (!json) {
          console.print(TagScores.line(told(each), found));
        }
      }
      read.notes(limits).forEach(console::note);
      if (json) {
        console.print(report.toString());
      }
    }
  }

  private void search(Console console, TextDataSet texts) {
    UnusedOptions.refuse(spec, List.of("--pack"), "texts that belong together, each by itself");
    try (OpenEncoder open = OpenEncoder.of(console, options, prompts, loras)) {
      SequenceLimits limits = limits(open.model().model().base());
      MatchedTexts read = open.model().matches(texts, limits);
      MixPlan mix = open.plan(console, loras);
      Json report = new Json();
      List<MixPlan> mixes = mix.parts().isEmpty() ? List.of(mix) : List.of(MixPlan.NONE, mix);
      for (MixPlan each : mixes) {
        String what = each.parts().isEmpty() ? "base" : "adapters";
        RetrievalScores found =
            RetrievalTable.of(console, what, open.model(), read.matches(), each);
        report.put(what, RetrievalTable.json(found));
        if (!json) {
          console.print(RetrievalTable.line(told(each), found));
        }
      }
      read.notes(limits).forEach(console::note);
      if (json) {
        console.print(report.toString());
      }
    }
  }

  private void score(
      Console console,
      String what,
      Json report,
      TextClassifier model,
      List<TokenSequence> texts,
      MixPlan mix) {
    ClassificationScores found = ClassScores.of(console, what, model, texts, mix);
    report.put(what, ClassScores.json(found));
    if (!json) {
      console.print(ClassScores.line(told(mix), found));
    }
  }

  private String told(MixPlan mix) {
    return told(mix, loras);
  }

  /** Label of the scored model, padded to the width of the other. */
  static String told(MixPlan mix, List<LoraOption> loras) {
    String alone = "base alone";
    String with = "with " + LoraOption.names(loras);
    int width = loras.isEmpty() ? alone.length() : Math.max(alone.length(), with.length());
    return String.format(Locale.ROOT, "%-" + width + "s", mix.parts().isEmpty() ? alone : with);
  }

  private SequenceLimits limits(TextModel base) {
    int most = TextModelOptions.length(base, longest);
    return new SequenceLimits(most, SequenceLimits.Longer.CUT, pack);
  }

  private static String line(String what, Perplexity found) {
    return String.format(
        Locale.ROOT,
        "%s  perplexity %.3f (loss %.4f over %d tokens)",
        what,
        found.value(),
        found.loss(),
        found.tokens());
  }

  /** Computes the perplexity, with a line of progress. */
  static Perplexity of(
      Console console, String what, LanguageModel model, List<TokenSequence> all, MixPlan mix) {
    try (Progress progress = console.progress("scoring the " + what, all.size(), "text")) {
      return Perplexity.of(model, all, mix, done -> progress.done(done, ""));
    }
  }
}
