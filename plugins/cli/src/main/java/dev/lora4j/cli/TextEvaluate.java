package dev.lora4j.cli;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.data.TokenSequences;
import dev.lora4j.text.evaluate.Perplexity;
import dev.lora4j.text.pipeline.LanguageModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Scores a language model on texts. */
@picocli.CommandLine.Command(
    name = "evaluate",
    sortOptions = false,
    description =
        "Score a language model on texts that it was not taught: its perplexity, without"
            + " and with adapters.")
final class TextEvaluate implements Command {
  private static final int MOST = 1024;

  @Mixin private final TextModelOptions options = new TextModelOptions();

  @Option(
      names = "--data",
      paramLabel = "PATH",
      required = true,
      description = "Texts: a .jsonl or .txt file, or a folder of such files.")
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

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    ExistingPath.any(data);
    TextDataSet texts;
    try {
      texts = TextDataSet.read(data);
    } catch (IOException e) {
      throw new Failure("Cannot read " + data + ": " + Explanation.of(e), e);
    }
    try (OpenText open = OpenText.of(console, options)) {
      LanguageModel model = open.model();
      int most = longest.orElseGet(() -> Math.min(model.network().longest(), MOST));
      SequenceLimits limits = new SequenceLimits(most, SequenceLimits.Longer.CUT, pack);
      TokenSequences cut = model.sequences(texts, limits);
      MixPlan mix = open.plan(console, loras);
      Perplexity base = of(console, "base", model, cut.sequences(), MixPlan.NONE);
      Json report = new Json().put("base", base.value()).put("tokens", base.tokens());
      if (!json) {
        console.print(line("base", base));
      }
      if (!mix.parts().isEmpty()) {
        Perplexity adapted = of(console, "adapters", model, cut.sequences(), mix);
        report.put("adapters", adapted.value());
        if (!json) {
          console.print(line("with adapters", adapted));
        }
      }
      if (cut.cut() > 0) {
        console.note(
            cut.cut()
                + " texts were longer than "
                + most
                + " tokens; only their beginnings count.");
      }
      if (json) {
        console.print(report.toString());
      }
    }
    return 0;
  }

  private static String line(String what, Perplexity found) {
    return String.format(
        Locale.ROOT,
        "%-14s perplexity %.3f (loss %.4f over %d tokens)",
        what,
        found.value(),
        found.loss(),
        found.tokens());
  }

  /** With a line of progress. */
  static Perplexity of(
      Console console, String what, LanguageModel model, List<TokenSequence> all, MixPlan mix) {
    try (Progress progress = console.progress("scoring the " + what, all.size(), "text")) {
      return Perplexity.of(model, all, mix, done -> progress.done(done, ""));
    }
  }
}
