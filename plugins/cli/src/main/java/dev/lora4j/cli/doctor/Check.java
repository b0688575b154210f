package dev.lora4j.cli.doctor;

import dev.lora4j.cli.console.Finding;
import java.util.List;
import java.util.function.Supplier;

/**
 * One look of the doctor, which stands alone: where it fails itself, that is what it found.
 *
 * @param name what is looked at
 * @param look gives what was found
 */
record Check(String name, Supplier<List<Finding>> look) {
  static Check of(String name, Supplier<Finding> look) {
    return new Check(name, () -> List.of(look.get()));
  }

  /** Runs the check; a failure becomes a problem with a remedy. */
  List<Finding> findings() {
    try {
      return look.get();
    } catch (RuntimeException | LinkageError e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      return List.of(
          Finding.problem(
              name,
              "cannot be told: " + (e.getMessage() == null ? e.toString() : reason),
              "The other lines hold without it. If it names nothing that you can change, report it"
                  + " together with them."));
    }
  }

  /** Findings of all checks. */
  static List<Finding> all(List<Check> checks) {
    return checks.stream().flatMap(c -> c.findings().stream()).toList();
  }
}
