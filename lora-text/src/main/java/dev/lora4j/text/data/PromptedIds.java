package dev.lora4j.text.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Ids of a prompt with one or several completions, as whole texts.
 *
 * @param texts of each completion
 * @param asked number of ids of the prompt by itself
 * @param prompt number of those that all texts begin with
 */
record PromptedIds(List<int[]> texts, int asked, int prompt) {
  /** Of texts that a model goes on from: completions begin where they part from the prompt. */
  static PromptedIds of(int[] prompt, int[]... texts) {
    int same = prompt.length;
    for (int[] text : texts) {
      int at = Arrays.mismatch(prompt, text);
      same = at < 0 ? same : Math.min(same, at);
    }
    return new PromptedIds(List.of(texts), prompt.length, same);
  }

  /** Of a prompt that is read by itself. */
  static PromptedIds apart(int[] prompt, int[]... completions) {
    List<int[]> texts = new ArrayList<>();
    for (int[] completion : completions) {
      int[] all = Arrays.copyOf(prompt, prompt.length + completion.length);
      System.arraycopy(completion, 0, all, prompt.length, completion.length);
      texts.add(all);
    }
    return new PromptedIds(texts, prompt.length, prompt.length);
  }

  /** True if the prompt ends in other tokens by itself than before its completions. */
  boolean seam() {
    return prompt < asked;
  }

  /** The longest sequence of the model. */
  int longest(boolean outputs) {
    int longer = texts.stream().mapToInt(text -> text.length).max().orElse(0);
    return outputs ? Math.max(prompt, longer - prompt) : longer;
  }

  /**
   * Cuts completions at their ends.
   *
   * @throws IllegalArgumentException if that is not allowed, or the prompt leaves no room
   */
  PromptedIds within(SequenceLimits limits, boolean outputs) {
    int most = limits.longest();
    if (longest(outputs) <= most) {
      return this;
    }
    if (limits.longer() == SequenceLimits.Longer.REFUSE) {
      throw new IllegalArgumentException(
          "has %d tokens, and %d are the most. Shorten it, allow longer ones, or have them cut."
              .formatted(longest(outputs), most));
    }
    if (!outputs && prompt >= most) {
      throw new IllegalArgumentException(
          "has a prompt of %d tokens, which leaves no room for a completion within %d."
              .formatted(prompt, most));
    }
    if (outputs && prompt > most) {
      throw new IllegalArgumentException(
          "has a prompt of %d tokens, and %d are the most.".formatted(prompt, most));
    }
    int end = outputs ? prompt + most : most;
    return new PromptedIds(
        texts.stream().map(text -> Arrays.copyOf(text, Math.min(end, text.length))).toList(),
        asked,
        prompt);
  }

  /**
   * Sequences of which the completions alone count.
   *
   * @param keys of the completions, for errors
   * @throws IllegalArgumentException if a completion has no token
   */
  List<TokenSequence> sequences(List<String> keys, boolean outputs) {
    List<TokenSequence> all = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      all.add(sequence(texts.get(i), keys.get(i), outputs));
    }
    return all;
  }

  private TokenSequence sequence(int[] ids, String key, boolean outputs) {
    int from = outputs ? prompt : Math.max(1, prompt);
    if (ids.length <= from) {
      throw new IllegalArgumentException("has no token to learn at '" + key + "'.");
    }
    if (outputs) {
      int[] target = Arrays.copyOfRange(ids, prompt, ids.length);
      return new TokenSequence(Arrays.copyOf(ids, prompt), new boolean[prompt], target, -1);
    }
    boolean[] counted = new boolean[ids.length];
    Arrays.fill(counted, from, ids.length, true);
    return TokenSequence.of(ids, counted);
  }
}
