package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Console;
import dev.lora4j.text.align.PolicySettings;
import dev.lora4j.text.align.Rewards;
import dev.lora4j.text.align.RolloutListener;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.train.TextTrainer;
import dev.lora4j.text.train.TextTrainingSettings;
import java.util.Locale;

/** Prompts, and rewards of what a model writes for them. */
final class RewardLesson implements AlignmentLesson {
  private final PolicySettings settings;
  private final Rewards rewards;
  private final RolloutListener listener;
  private final HeldOutPrompts prompts;

  /**
   * A lesson.
   *
   * @param listener receives what the model writes
   */
  RewardLesson(
      PolicySettings settings, Rewards rewards, HeldOutPrompts prompts, RolloutListener listener) {
    this.settings = settings;
    this.rewards = rewards;
    this.prompts = prompts;
    this.listener = listener;
  }

  @Override
  public void read(Console console, LanguageModel model, SequenceLimits limits) {
    prompts.tellRoom(console, model, settings.maxNewTokens());
  }

  @Override
  public TextTrainer trainer(LanguageModel model, TextTrainingSettings how) {
    return TextTrainer.on(model, how)
        .rewards(prompts.learned(), prompts.heldOut(), settings, rewards, listener);
  }

  @Override
  public int repeats() {
    return settings.iterations();
  }

  @Override
  public String summary() {
    String head =
        settings.values().isPresent()
            ? " A value head learns beside the adapter; checkpoints have it, and what is written has"
                + " not."
            : "";
    return String.format(
            Locale.ROOT, "%s. Rewards: %s.", prompts, String.join(", ", rewards.names()))
        + head;
  }

  @Override
  public String step(int perStep) {
    return perStep
        + " prompts, each with "
        + (settings.group() == 1 ? "a completion" : settings.group() + " completions");
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
