package dev.lora4j.text.align;

import dev.lora4j.core.identity.CanonicalForm;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** A program's function of all completions of a step, under a name. */
record RewardOfRequest(
    String name, Function<RewardRequest, CompletionStage<List<OptionalDouble>>> function)
    implements RewardFunction {
  RewardOfRequest {
    checkName(name);
  }

  static void checkName(String name) {
    if (name.isBlank()) {
      throw new IllegalArgumentException("A reward function needs a name, for tables and errors.");
    }
  }

  @Override
  public CompletionStage<List<OptionalDouble>> rewards(RewardRequest request) {
    return function.apply(request);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("RewardOfRequest").with("name", name).text();
  }
}
