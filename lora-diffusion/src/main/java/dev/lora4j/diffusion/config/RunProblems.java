package dev.lora4j.diffusion.config;

import java.util.List;

/** All problems of a run, found before it begins. */
public final class RunProblems extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  /** One sentence for each. */
  public RunProblems(List<String> problems) {
    super(
        problems.size() == 1
            ? problems.get(0)
            : problems.size() + " problems:\n  " + String.join("\n  ", problems));
    this.problems = List.copyOf(problems);
  }

  /** One sentence for each. */
  public List<String> problems() {
    return problems;
  }
}
