package dev.lora4j.cli.console;

import java.util.List;

/** Findings of a doctor, as text. */
public final class Findings {
  private Findings() {}

  /**
   * Prints them.
   *
   * @return the exit code: 0 if nothing is wrong
   */
  public static int report(Console console, List<Finding> findings, boolean json) {
    long problems = findings.stream().filter(Finding::problem).count();
    if (json) {
      console.print(
          new Json()
              .put("problems", problems)
              .put("findings", findings.stream().map(Finding::json).toList())
              .toString());
    } else {
      int width = findings.stream().mapToInt(f -> f.name().length()).max().orElse(0);
      findings.forEach(f -> print(console, f, width));
      console.print(
          problems == 0
              ? "No problem was found."
              : problems + (problems == 1 ? " problem was found." : " problems were found."));
    }
    return problems == 0 ? 0 : ExitCode.FAILED;
  }

  private static void print(Console console, Finding finding, int width) {
    String value =
        finding.value() instanceof List<?> list
            ? String.join(", ", list.stream().map(String::valueOf).toList())
            : String.valueOf(finding.value());
    String mark = finding.problem() ? "! " : "  ";
    console.print(mark + String.format("%-" + width + "s", finding.name()) + "  " + value);
    finding
        .remedy()
        .ifPresent(remedy -> console.print(" ".repeat(width + 4) + "Remedy: " + remedy));
  }
}
