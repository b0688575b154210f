package dev.lora4j.diffusion.dataset.source;

import java.util.List;

/** A description of data that cannot be used; its message lists all that is wrong. */
public final class DataSetFileException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final List<String> mistakes;

  DataSetFileException(String name, List<String> mistakes) {
    super(name + " cannot be used:\n  " + String.join("\n  ", mistakes));
    this.mistakes = List.copyOf(mistakes);
  }

  /** The mistakes, a sentence each. */
  public List<String> mistakes() {
    return mistakes;
  }
}
