package dev.lora4j.core.format.reading;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.spi.Extensions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What all installed policies say of an adapter. */
final class Permission {
  private Permission() {}

  /**
   * Why it may not be used by somebody, a sentence for each policy that refuses; none if it may.
   */
  static List<String> refusals(Path file, Adapter adapter, String user) {
    List<String> refusals = new ArrayList<>();
    AdapterPolicy.Asked asked =
        new AdapterPolicy.Asked(file, adapter.identity(), adapter.metadata(), user);
    for (Extensions.Installed policy : Extensions.installed().list(AdapterPolicy.class)) {
      String name = policy.info().name();
      refusal(name, asked)
          .ifPresent(
              reason ->
                  refusals.add("The policy " + name + " does not permit " + file + ": " + reason));
    }
    return refusals;
  }

  private static Optional<String> refusal(String name, AdapterPolicy.Asked asked) {
    try {
      return Extensions.installed().shared(AdapterPolicy.class, name).refusal(asked);
    } catch (RuntimeException | LinkageError e) {
      // What cannot be asked might have refused.
      return Optional.of("it cannot be asked (" + e + ").");
    }
  }
}
