package dev.lora4j.cli.text;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.text.align.Rollout;
import dev.lora4j.text.align.RolloutListener;
import dev.lora4j.text.align.ScoredRollout;
import dev.lora4j.text.chat.ChatMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** Log of what a model writes in a run: a line of JSON for each completion, and some to look at. */
final class CompletionLog implements RolloutListener {
  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();
  private static final String FILE = "completions.jsonl";
  private static final int SHOWN = 120;

  private final Console console;
  private final Path folder;
  private final int showEvery;
  private boolean begun;

  /**
   * A log in the folder of a run.
   *
   * @param showEvery steps between completions on the console; 0 for never
   */
  CompletionLog(Console console, Path folder, int showEvery) {
    this.console = console;
    this.folder = folder;
    this.showEvery = showEvery;
  }

  @Override
  public void written(long step, List<ScoredRollout> rollouts) {
    List<String> lines = rollouts.stream().map(each -> line(step, each)).toList();
    try {
      if (!begun) {
        keepBefore(step);
        begun = true;
      }
      Files.write(
          folder.resolve(FILE),
          lines,
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new Failure("Cannot write " + folder.resolve(FILE) + ": " + ErrorExplanation.of(e), e);
    }
    if (showEvery > 0 && (step - 1) % showEvery == 0) {
      show(step, rollouts);
    }
  }

  /** Keeps the lines of earlier steps of a run that is gone on with, and no others. */
  private void keepBefore(long step) throws IOException {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return;
    }
    List<String> kept;
    try (Stream<String> lines = Files.lines(file, StandardCharsets.UTF_8)) {
      kept = lines.filter(line -> before(line, step)).toList();
    }
    Path temporary = folder.resolve(FILE + ".part");
    Files.write(temporary, kept, StandardCharsets.UTF_8);
    Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
  }

  private static boolean before(String line, long step) {
    try {
      return JsonParser.parseString(line) instanceof JsonObject object
          && object.has("step")
          && object.get("step").getAsLong() < step;
    } catch (JsonParseException | NumberFormatException e) {
      return false; // torn when the program was killed
    }
  }

  /** Adds the rewards of a completion to its line: those of each function, and their sum. */
  static void addRewards(JsonObject line, ScoredRollout each) {
    JsonObject rewards = new JsonObject();
    each.rewards()
        .forEach((name, reward) -> reward.ifPresent(value -> rewards.addProperty(name, value)));
    line.add("rewards", rewards);
    each.reward().ifPresent(reward -> line.addProperty("reward", reward));
  }

  private static String line(long step, ScoredRollout each) {
    JsonObject line = new JsonObject();
    line.addProperty("step", step);
    line.addProperty("prompt", each.rollout().prompt());
    line.addProperty("completion", each.rollout().completion());
    line.addProperty("ended", each.rollout().ended());
    if (!each.rewards().isEmpty()) {
      addRewards(line, each);
      line.addProperty("advantage", each.advantage());
    }
    return GSON.toJson(line);
  }

  private void show(long step, List<ScoredRollout> rollouts) {
    String prompt = rollouts.get(0).rollout().prompt();
    Comparator<ScoredRollout> order =
        Comparator.comparingDouble(each -> each.reward().orElse(Double.NEGATIVE_INFINITY));
    List<ScoredRollout> same =
        rollouts.stream().filter(r -> r.rollout().prompt().equals(prompt)).sorted(order).toList();
    console.note("Step " + step + ", a prompt: " + asked(rollouts.get(0).rollout()));
    if (rollouts.get(0).rewards().isEmpty()) {
      console.note("  completion: " + shortened(rollouts.get(0).rollout().completion()));
      return;
    }
    if (same.size() == 1) {
      console.note("  " + shown(same.get(0)));
      return;
    }
    console.note("  best  " + shown(same.get(same.size() - 1)));
    console.note("  worst " + shown(same.get(0)));
  }

  /** The prompt as its line has it: of a conversation the last message. */
  private static String asked(Rollout rollout) {
    List<ChatMessage> messages = rollout.asked().messages();
    return shortened(
        messages.isEmpty() ? rollout.prompt() : messages.get(messages.size() - 1).content());
  }

  private static String shown(ScoredRollout each) {
    OptionalDouble reward = each.reward();
    String number =
        reward.isPresent() ? String.format(Locale.ROOT, "%.3f", reward.getAsDouble()) : "none";
    return "reward " + number + ": " + shortened(each.rollout().completion());
  }

  private static String shortened(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    return line.length() > SHOWN ? line.substring(0, SHOWN - 3) + "..." : line;
  }
}
