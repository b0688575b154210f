package dev.lora4j.text.evaluate;

import dev.lora4j.text.chat.ChatMessage;
import dev.lora4j.text.data.TextDataException;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TextExample;
import dev.lora4j.text.data.TextForm;
import dev.lora4j.text.data.TextProblem;
import dev.lora4j.text.encode.EncoderText;
import dev.lora4j.text.pipeline.RewardModel;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Rewards of the examples of a data set.
 *
 * @param rewards of each example: that of its text; of a pair that of the better text, then that of
 *     the other
 */
public record RewardScores(List<List<Double>> rewards) {
  /** Copies the lists. */
  public RewardScores {
    rewards = rewards.stream().map(List::copyOf).toList();
  }

  /**
   * Asks a reward model.
   *
   * @param data pairs, prompts with completions, or conversations
   * @param listener receives the number of texts that are done
   * @throws IllegalArgumentException if the examples are of another form
   * @throws TextDataException with all examples that cannot be judged, as they are too long
   */
  public static RewardScores of(RewardModel model, TextDataSet data, IntConsumer listener) {
    requireForm(data);
    List<EncoderText> texts = new ArrayList<>();
    List<Integer> counts = new ArrayList<>();
    List<TextProblem> problems = new ArrayList<>();
    for (int i = 0; i < data.examples().size(); i++) {
      try {
        List<EncoderText> own = texts(model, data.examples().get(i));
        texts.addAll(own);
        counts.add(own.size());
      } catch (IllegalArgumentException e) {
        problems.add(data.places().get(i).problem("cannot be judged: " + e.getMessage()));
      }
    }
    if (!problems.isEmpty()) {
      throw new TextDataException(problems);
    }
    List<Double> all = model.rewards(texts, listener);
    List<List<Double>> rewards = new ArrayList<>();
    int from = 0;
    for (int count : counts) {
      rewards.add(all.subList(from, from + count));
      from += count;
    }
    return new RewardScores(rewards);
  }

  /**
   * Refuses a data set that has no texts to judge, before a model is loaded.
   *
   * @throws IllegalArgumentException if it has none
   */
  public static void requireForm(TextDataSet data) {
    TextForm form = data.form();
    if (form != TextForm.PREFERENCE && form != TextForm.COMPLETION && form != TextForm.CHAT) {
      throw new IllegalArgumentException(
          "The data is of the form "
              + form
              + ", and a reward model judges answers: give lines with "
              + TextForm.COMPLETION
              + ", "
              + TextForm.CHAT
              + " or "
              + TextForm.PREFERENCE
              + ".");
    }
  }

  private static List<EncoderText> texts(RewardModel model, TextExample example) {
    if (example instanceof TextExample.Preference pair) {
      return List.of(
          model.text(pair.prompt(), pair.chosen(), true),
          model.text(pair.prompt(), pair.rejected(), true));
    } else if (example instanceof TextExample.ChatPreference pair) {
      return List.of(
          model.text(joined(pair.prompt(), pair.chosen())),
          model.text(joined(pair.prompt(), pair.rejected())));
    } else if (example instanceof TextExample.Chat chat) {
      return List.of(model.text(chat.messages()));
    }
    TextExample.Completion plain = (TextExample.Completion) example;
    return List.of(model.text(plain.prompt(), plain.completion(), true));
  }

  private static List<ChatMessage> joined(List<ChatMessage> first, List<ChatMessage> next) {
    List<ChatMessage> all = new ArrayList<>(first);
    all.addAll(next);
    return all;
  }

  /** True if the examples are pairs. */
  public boolean pairs() {
    return !rewards.isEmpty() && rewards.get(0).size() == 2;
  }

  /** Share of the pairs whose better text has the greater reward; of equal rewards none has it. */
  public double accuracy() {
    return (double) rewards.stream().filter(pair -> pair.get(0) > pair.get(1)).count()
        / rewards.size();
  }

  /** Mean of the differences of the rewards of pairs. */
  public double margin() {
    return rewards.stream().mapToDouble(pair -> pair.get(0) - pair.get(1)).average().orElse(0);
  }

  /** Least, mean and greatest reward of all texts. */
  public DoubleSummaryStatistics all() {
    return rewards.stream().flatMap(List::stream).mapToDouble(reward -> reward).summaryStatistics();
  }
}
