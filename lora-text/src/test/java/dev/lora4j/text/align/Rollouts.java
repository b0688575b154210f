package dev.lora4j.text.align;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Completions for tests of reward functions. */
public final class Rollouts {
  private Rollouts() {}

  /** Completions of one prompt, in step 7. */
  public static RewardRequest of(String... completions) {
    return new RewardRequest(Stream.of(completions).map(text -> of(text, Map.of())).toList(), 7);
  }

  /** A completion with columns; of as many tokens as it has characters. */
  public static Rollout of(String completion, Map<String, Object> columns) {
    return new Rollout(
        "Q: ",
        completion,
        completion.chars().boxed().toList(),
        !completion.endsWith("..."),
        columns);
  }

  /** A request for one completion. */
  public static RewardRequest request(Rollout... rollouts) {
    return new RewardRequest(List.of(rollouts), 7);
  }
}
