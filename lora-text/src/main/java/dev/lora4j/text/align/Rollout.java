package dev.lora4j.text.align;

import dev.lora4j.text.data.PromptLine;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Completion that a model wrote, with its prompt.
 *
 * @param prompt the text as the model read it
 * @param completion the text, without the end token
 * @param ids tokens of the completion
 * @param ended true if the model ended it itself; false if it was cut at the greatest length
 * @param columns all that the prompt's line of data has, by name, in order: a {@code String}, a
 *     {@code Boolean}, a {@code Long}, a {@code Double}, a {@code List} or a {@code Map}; columns
 *     that are null are left out
 * @param asked the prompt as the line of data has it: a text, or a conversation
 */
public record Rollout(
    String prompt,
    String completion,
    List<Integer> ids,
    boolean ended,
    Map<String, Object> columns,
    PromptLine asked) {
  /** A completion of a text, which the model read as it is. */
  public Rollout(
      String prompt,
      String completion,
      List<Integer> ids,
      boolean ended,
      Map<String, Object> columns) {
    this(prompt, completion, ids, ended, columns, new PromptLine(prompt, List.of(), columns));
  }

  /** Copies list and map. */
  public Rollout {
    ids = List.copyOf(ids);
    columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
  }
}
