package dev.lora4j.text.train;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.text.align.PolicySettings;
import dev.lora4j.text.align.Rewards;
import dev.lora4j.text.align.RolloutListener;
import dev.lora4j.text.data.PromptLine;
import dev.lora4j.text.data.PromptSet;
import dev.lora4j.text.data.TextDataException;
import dev.lora4j.text.data.TextProblem;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.TextPrompt;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Prompts of a run that learns from rewards, each known by its sequence, and how it learns. */
final class RewardedPrompts {
  private static final String ENTRY = "lora4j_rewards";

  private final PolicySettings settings;
  private final Rewards rewards;
  private final RolloutListener listener;
  private final List<TokenSequence> learned = new ArrayList<>();
  private final List<TokenSequence> heldOut = new ArrayList<>();

  /** By the sequences themselves, as two lines may have the same prompt. */
  private final IdentityHashMap<TokenSequence, PromptLine> lines = new IdentityHashMap<>();

  RewardedPrompts(PolicySettings settings, Rewards rewards, RolloutListener listener) {
    this.settings = settings;
    this.rewards = rewards;
    this.listener = listener;
  }

  /**
   * Adds prompts.
   *
   * @param held whether they are held out
   * @throws TextDataException with all that leave no room for a completion
   */
  void add(LanguageModel model, PromptSet prompts, boolean held) {
    List<TextProblem> problems = new ArrayList<>();
    for (int i = 0; i < prompts.prompts().size(); i++) {
      PromptLine line = prompts.prompts().get(i);
      try {
        int[] ids =
            model.ids(
                line.messages().isEmpty()
                    ? TextPrompt.of(line.text())
                    : TextPrompt.chat(line.messages()));
        TokenSequence prompt = new TokenSequence(ids, new boolean[ids.length], new int[0], -1);
        lines.put(prompt, line);
        (held ? heldOut : learned).add(prompt);
      } catch (IllegalArgumentException e) {
        problems.add(prompts.places().get(i).problem("cannot be answered: " + e.getMessage()));
      }
    }
    if (!problems.isEmpty()) {
      throw new TextDataException(problems);
    }
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

  /** The prompts that are learned with. */
  List<TokenSequence> learned() {
    return learned;
  }

  /** Those that are held out. */
  List<TokenSequence> heldOut() {
    return heldOut;
  }

  /** The line of a prompt. */
  PromptLine line(TokenSequence prompt) {
    PromptLine line = lines.get(prompt);
    if (line == null) {
      throw new IllegalArgumentException(
          "There is no line with this prompt of " + prompt.ids().length + " tokens.");
    }
    return line;
  }

  /** Parts of the run that a checkpoint depends on, beside the prompts. */
  Map<String, String> identity() {
    List<String> columns = new ArrayList<>();
    learned.forEach(one -> columns.add(line(one).columns().toString()));
    heldOut.forEach(one -> columns.add(line(one).columns().toString()));
    return Map.of(
        "objective", settings.canonical(),
        "rewards", rewards.canonical(),
        "columns", TrainingTexts.digestOf(columns));
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
