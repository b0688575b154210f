package dev.lora4j.text.data;

import java.util.List;
import java.util.stream.Collectors;

/** Texts that cannot be used; the message lists every place and what is wrong with it. */
public final class TextDataException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /** Of these problems, at least one. */
  public TextDataException(List<TextProblem> problems) {
    super(
        (problems.size() == 1 ? "1 thing has" : problems.size() + " things have")
            + " to be put right:\n"
            + problems.stream().map(each -> "  " + each).collect(Collectors.joining("\n")));
  }
}
