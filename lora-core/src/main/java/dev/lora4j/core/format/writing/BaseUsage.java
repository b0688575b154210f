package dev.lora4j.core.format.writing;

import java.util.Optional;

/**
 * Base that an adapter was made for and its task there, for layouts that record them.
 *
 * @param place where PEFT and transformers find the base: a folder, or the name of a repository
 * @param task PEFT's {@code TaskType}, such as {@code CAUSAL_LM}, which decides as which of
 *     transformers' classes the base is loaded; empty if it is none of these
 */
public record BaseUsage(String place, Optional<String> task) {
  /** A base whose task is none of PEFT's. */
  public static BaseUsage of(String place) {
    return new BaseUsage(place, Optional.empty());
  }

  /** A base with one of PEFT's tasks. */
  public static BaseUsage of(String place, String task) {
    return new BaseUsage(place, Optional.of(task));
  }
}
