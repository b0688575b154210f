package dev.lora4j.cli.text;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Invocation;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Printable;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.text.chat.ChatMessage;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TextExample;
import dev.lora4j.text.evaluate.RewardScores;
import dev.lora4j.text.model.TextModelOutline;
import dev.lora4j.text.pipeline.AdapterClasses;
import dev.lora4j.text.pipeline.RewardAdapters;
import dev.lora4j.text.pipeline.RewardModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Command that scores answers by a reward model. */
@picocli.CommandLine.Command(
    name = "score",
    sortOptions = false,
    description = {
      "Score answers by a reward model, as text align reward makes it. The greater a reward, the"
          + " better the answer; rewards of one prompt compare, those of others hardly do.",
      "",
      "Data are lines of JSON: {\"prompt\", \"completion\"} or {\"messages\"}, of which each gets a"
          + " reward; or pairs, {\"prompt\", \"chosen\", \"rejected\"}, of which the share is told"
          + " whose better answer has the greater reward."
    })
final class TextScore implements Command {
  private static final int SHOWN = 70;

  @Mixin private final TextModelOptions options = new TextModelOptions();

  @Option(
      names = "--data",
      paramLabel = "PATH",
      required = true,
      description = "Answers or pairs: a .jsonl file, or a folder of such files.")
  private Path data = Path.of("");

  @Option(
      names = "--lora",
      paramLabel = "PATH[:WEIGHT]",
      converter = LoraOption.Reader.class,
      description =
          "Adapter of the reward model, and its weight (default: 1); none for a base that is one.")
  private List<LoraOption> loras = new ArrayList<>();

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    ExistingPath.any(data);
    LoraOption.requireForTexts(loras);
    TextDataSet texts = read();
    requireRewardModel();
    try (OpenRewardModel open = OpenRewardModel.of(console, options, loras);
        Progress progress = console.progress("scoring", texts.examples().size(), "text")) {
      RewardScores found =
          RewardScores.of(
              open.model(),
              texts,
              done -> progress.done(Math.min(done, texts.examples().size()), ""));
      if (json) {
        console.print(report(texts, found).toString());
      } else {
        tell(console, texts, found);
      }
    }
    return 0;
  }

  private TextDataSet read() {
    try {
      TextDataSet texts = TextDataSet.read(data);
      RewardScores.requireForm(texts);
      return texts;
    } catch (IOException e) {
      throw new Failure("Cannot read " + data + ": " + ErrorExplanation.of(e), e);
    } catch (IllegalArgumentException e) {
      throw new Failure(data + ": " + e.getMessage(), e);
    }
  }

  private void requireRewardModel() {
    Path base = options.path();
    try {
      RewardModel.require(base);
      loras.stream()
          .map(LoraOption::file)
          .filter(file -> AdapterClasses.of(file).size() > 1)
          .forEach(RewardAdapters::require);
    } catch (IllegalArgumentException e) {
      throw new Failure(String.valueOf(e.getMessage()), e);
    }
    boolean brought = loras.stream().anyMatch(l -> !AdapterClasses.of(l.file()).isEmpty());
    if (!brought && TextModelOutline.labels(base).isEmpty()) {
      throw new Failure(
          base
              + " is no reward model, and no adapter makes it one. Train one: "
              + Invocation.of("text", "align", "reward", "--base", base.toString(), "--data")
              + " with lines of {\"prompt\", \"chosen\", \"rejected\"}.");
    }
  }

  private static void tell(Console console, TextDataSet texts, RewardScores found) {
    boolean pairs = found.pairs();
    console.print(
        pairs
            ? String.format(Locale.ROOT, "%9s %9s %9s  prompt", "chosen", "rejected", "margin")
            : String.format(Locale.ROOT, "%9s  answer", "reward"));
    for (int i = 0; i < found.rewards().size(); i++) {
      List<Double> own = found.rewards().get(i);
      Map<String, Object> words = words(texts.examples().get(i)).fields();
      String line =
          pairs
              ? String.format(
                  Locale.ROOT,
                  "%9.4f %9.4f %9.4f  %s",
                  own.get(0),
                  own.get(1),
                  own.get(0) - own.get(1),
                  shown(words.getOrDefault("prompt", "")))
              : String.format(
                  Locale.ROOT,
                  "%9.4f  %s",
                  own.get(0),
                  shown(words.getOrDefault("completion", "")));
      console.print(line);
    }
    DoubleSummaryStatistics all = found.all();
    console.print(
        (pairs
                ? String.format(
                    Locale.ROOT,
                    "the better answer has the greater reward in %.1f %% of %d pairs, margin %.4f; ",
                    100 * found.accuracy(),
                    found.rewards().size(),
                    found.margin())
                : "")
            + String.format(
                Locale.ROOT,
                "rewards from %.4f to %.4f, mean %.4f",
                all.getMin(),
                all.getMax(),
                all.getAverage()));
  }

  private static Json report(TextDataSet texts, RewardScores found) {
    List<Map<String, Object>> each = new ArrayList<>();
    for (int i = 0; i < found.rewards().size(); i++) {
      List<Double> own = found.rewards().get(i);
      Json one = words(texts.examples().get(i));
      if (found.pairs()) {
        one.put("chosenReward", own.get(0));
        one.put("rejectedReward", own.get(1));
      } else {
        one.put("reward", own.get(0));
      }
      each.add(one.fields());
    }
    DoubleSummaryStatistics all = found.all();
    Json report = new Json().put(found.pairs() ? "pairs" : "texts", each);
    if (found.pairs()) {
      report.put("accuracy", found.accuracy()).put("margin", found.margin());
    }
    return report
        .put("leastReward", all.getMin())
        .put("meanReward", all.getAverage())
        .put("greatestReward", all.getMax());
  }

  /** The words of an example, by their keys. */
  private static Json words(TextExample example) {
    Json words = new Json();
    if (example instanceof TextExample.Preference pair) {
      words.put("prompt", pair.prompt());
      words.put("chosen", pair.chosen()).put("rejected", pair.rejected());
    } else if (example instanceof TextExample.ChatPreference pair) {
      words.put("prompt", joined(pair.prompt()));
      words.put("chosen", joined(pair.chosen())).put("rejected", joined(pair.rejected()));
    } else if (example instanceof TextExample.Chat chat) {
      int last = chat.messages().size() - 1;
      words.put("prompt", joined(chat.messages().subList(0, last)));
      words.put("completion", joined(chat.messages().subList(last, last + 1)));
    } else if (example instanceof TextExample.Completion plain) {
      words.put("prompt", plain.prompt()).put("completion", plain.completion());
    }
    return words;
  }

  private static String joined(List<ChatMessage> messages) {
    return String.join("\n", messages.stream().map(ChatMessage::content).toList());
  }

  private static String shown(Object words) {
    String line = String.valueOf(words).strip().replaceAll("\\s+", " ");
    int most = Math.min(SHOWN, line.codePointCount(0, line.length()));
    String first = line.substring(0, line.offsetByCodePoints(0, most));
    return Printable.line(first + (first.length() < line.length() ? "..." : ""));
  }
}
