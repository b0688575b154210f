package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.text.align.PolicySettings;
import dev.lora4j.text.align.Rewards;
import dev.lora4j.text.align.RolloutListener;
import dev.lora4j.text.data.PromptSet;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.train.TextTrainer;
import dev.lora4j.text.train.TextTrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** Prompts, and rewards of what a model writes for them. */
final class RewardLesson implements AlignmentLesson {
  private final PolicySettings settings;
  private final Rewards rewards;
  private final RolloutListener listener;
  private final PromptSet learned;
  private final PromptSet others;

  /**
   * Reads the data.
   *
   * @param share that is held out
   * @param listener receives what the model writes
   */
  RewardLesson(
      PolicySettings settings,
      Rewards rewards,
      Path data,
      double share,
      long seed,
      RolloutListener listener) {
    this.settings = settings;
    this.rewards = rewards;
    this.listener = listener;
    PromptSet all = prompts(data);
    PromptSet.Split split =
        share == 0 ? new PromptSet.Split(all, PromptSet.NONE) : all.split(share, seed);
    this.learned = split.training();
    this.others = split.validation();
  }

  private static PromptSet prompts(Path data) {
    try {
      return PromptSet.read(data);
    } catch (IOException e) {
      throw new Failure("Cannot read " + data + ": " + ErrorExplanation.of(e), e);
    }
  }

  @Override
  public void read(Console console, LanguageModel model, SequenceLimits limits) {
    int room = model.network().longest();
    if (settings.maxNewTokens() >= room) {
      console.note(
          "Completions are as long as the model allows, as it reads at most "
              + room
              + " tokens with the prompt.");
    }
  }

  @Override
  public TextTrainer trainer(LanguageModel model, TextTrainingSettings how) {
    return TextTrainer.on(model, how).rewards(learned, others, settings, rewards, listener);
  }

  @Override
  public int repeats() {
    return settings.iterations();
  }

  @Override
  public String summary() {
    return String.format(
        Locale.ROOT,
        "%d prompts; %d held out. Rewards: %s.",
        learned.prompts().size(),
        others.prompts().size(),
        String.join(", ", rewards.names()));
  }

  @Override
  public String step(int perStep) {
    return perStep + " prompts, each with " + settings.group() + " completions";
  }

  @Override
  public boolean holdsOut() {
    return !others.prompts().isEmpty();
  }

  @Override
  public boolean compares() {
    return settings.compares();
  }

  @Override
  public String noReference() {
    return "There is no reference, as its distance costs nothing (--beta 0).";
  }

  @Override
  public void tell(TrainedTextReport report, Console console, boolean json, long began) {
    report.tellRewarded(console, json, began);
  }
}
