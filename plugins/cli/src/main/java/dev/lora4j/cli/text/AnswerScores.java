package dev.lora4j.cli.text;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Printable;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.align.Rewards;
import dev.lora4j.text.align.ScoredRollout;
import dev.lora4j.text.data.PromptSet;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.train.RewardedAnswers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Scores of what a model answers to prompts, by reward functions. */
final class AnswerScores {
  /** Names of what answers, in order. */
  private static final List<String> NAMES = List.of("base", "adapters");

  private final AnswerOptions how;
  private final TextOutputs outputs;
  private final boolean json;

  AnswerScores(AnswerOptions how, TextOutputs outputs, boolean json) {
    this.how = how;
    this.outputs = outputs;
    this.json = json;
  }

  /** Lets the base answer, then the base with adapters, and compares both. */
  void run(Console console, TextModelOptions options, Path data, List<LoraOption> loras) {
    outputs.file().ifPresent(file -> OutputFile.require(file, ".jsonl"));
    Rewards rewards = how.rewards();
    RewardedAnswers.Manner manner = how.manner(outputs.tokens());
    PromptSet prompts = HeldOutPrompts.all(data);
    try (OpenText open = OpenText.of(console, options, loras)) {
      MixPlan mix = open.plan(console, loras);
      Json report = new Json().put("prompts", prompts.prompts().size());
      List<RewardedAnswers> all = new ArrayList<>();
      for (MixPlan each : mix.parts().isEmpty() ? List.of(mix) : List.of(MixPlan.NONE, mix)) {
        String name = NAMES.get(all.size());
        RewardedAnswers found =
            answers(console, name, open.model(), prompts, each, manner, rewards);
        all.add(found);
        report.put(name, numbers(found));
        if (!json) {
          console.print(line(TextEvaluate.told(each, loras), rewards.names(), found));
        }
      }
      if (all.size() > 1) {
        compare(console, report, all.get(1), all.get(0));
      }
      outputs.write(lines(all, prompts.prompts().size()));
      if (json) {
        console.print(report.toString());
      }
    }
  }

  private static RewardedAnswers answers(
      Console console,
      String name,
      LanguageModel model,
      PromptSet prompts,
      MixPlan mix,
      RewardedAnswers.Manner manner,
      Rewards rewards) {
    int count = prompts.prompts().size();
    try (Progress progress = console.progress("answering with the " + name, count, "prompt")) {
      return RewardedAnswers.of(
          model, prompts, mix, manner, rewards, done -> progress.done(done, ""));
    }
  }

  /** Numbers that there are. */
  private static Map<String, Object> numbers(RewardedAnswers found) {
    Map<String, Object> all = new LinkedHashMap<>();
    found
        .statistics()
        .forEach(
            (name, value) -> {
              if (!value.isNaN()) {
                all.put(name, value);
              }
            });
    return all;
  }

  private static String line(String what, List<String> names, RewardedAnswers found) {
    Map<String, Double> numbers = found.statistics();
    List<String> own = new ArrayList<>();
    for (String name : names) {
      own.add(name + " " + number(numbers.getOrDefault("rewards/" + name + "/mean", Double.NaN)));
    }
    return String.format(
        Locale.ROOT,
        "%s  reward %s%s, %.1f tokens, %.1f %% cut",
        what,
        number(numbers.getOrDefault("reward", Double.NaN)),
        names.size() > 1 ? " (" + String.join(", ", own) + ")" : "",
        numbers.get("completions/mean_length"),
        100 * numbers.getOrDefault("completions/clipped_ratio", Double.NaN));
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "none" : String.format(Locale.ROOT, "%.3f", value);
  }

  private void compare(Console console, Json report, RewardedAnswers tuned, RewardedAnswers base) {
    RewardedAnswers.Comparison found = tuned.against(base);
    int all = found.wins() + found.ties() + found.losses();
    if (all == 0) {
      console.note("No prompt has rewards of both, so that there is nothing to compare.");
      return;
    }
    report.put(
        "comparison",
        new Json()
            .put("wins", found.wins())
            .put("ties", found.ties())
            .put("losses", found.losses())
            .put("winRate", found.winRate())
            .fields());
    if (!json) {
      console.print(
          String.format(
              Locale.ROOT,
              "Better than the base in %d, as good in %d, worse in %d of %d prompts: a win rate of"
                  + " %.1f %%, a tie counting half.",
              found.wins(),
              found.ties(),
              found.losses(),
              all,
              100 * found.winRate()));
    }
  }

  /** A line of JSON for each prompt. */
  private static String lines(List<RewardedAnswers> all, int prompts) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < prompts; i++) {
      JsonObject line = new JsonObject();
      for (int k = 0; k < all.size(); k++) {
        int group = all.get(k).group();
        JsonArray answers = new JsonArray();
        for (ScoredRollout one : all.get(k).answers().subList(i * group, (i + 1) * group)) {
          line.addProperty("prompt", one.rollout().prompt());
          answers.add(answer(one));
        }
        line.add(NAMES.get(k), answers);
      }
      lines.append(Printable.line(line.toString())).append('\n');
    }
    return lines.toString();
  }

  private static JsonObject answer(ScoredRollout one) {
    JsonObject answer = new JsonObject();
    answer.addProperty("text", one.rollout().completion());
    answer.addProperty("ended", one.rollout().ended());
    CompletionLog.addRewards(answer, one);
    return answer;
  }
}
