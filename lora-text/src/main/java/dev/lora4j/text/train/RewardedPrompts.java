package dev.lora4j.text.train;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.text.align.PolicySettings;
import dev.lora4j.text.align.Rewards;
import dev.lora4j.text.align.RolloutListener;
import java.util.Map;

/** Prompts of a run that learns from rewards, and how it learns. */
final class RewardedPrompts {
  private static final String ENTRY = "lora4j_rewards";

  private final PolicySettings settings;
  private final Rewards rewards;
  private final RolloutListener listener;
  private final PromptSequences sequences;

  RewardedPrompts(
      PromptSequences sequences,
      PolicySettings settings,
      Rewards rewards,
      RolloutListener listener) {
    this.sequences = sequences;
    this.settings = settings;
    this.rewards = rewards;
    this.listener = listener;
  }

  /** The prompts. */
  PromptSequences sequences() {
    return sequences;
  }

  PolicySettings settings() {
    return settings;
  }

  Rewards rewards() {
    return rewards;
  }

  RolloutListener listener() {
    return listener;
  }

  /** Parts of the run that a checkpoint depends on, beside the prompts. */
  Map<String, String> identity() {
    return Map.of(
        "objective", settings.canonical(),
        "rewards", rewards.canonical(),
        "columns", sequences.columns());
  }

  /** Metadata in the header of the trained adapter. */
  Map<String, String> metadata() {
    return Map.of(ENTRY, settings.canonical() + " " + published().text());
  }

  /** Names and weights alone: settings name hosts and files that are not for others to read. */
  private CanonicalForm published() {
    CanonicalForm form = CanonicalForm.of("Rewards");
    for (int i = 0; i < rewards.functions().size(); i++) {
      form = form.with(rewards.names().get(i), rewards.functions().get(i).weight());
    }
    return form;
  }
}
