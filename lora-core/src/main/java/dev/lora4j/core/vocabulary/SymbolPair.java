package dev.lora4j.core.vocabulary;

/** Two symbols that follow each other in a word, in the order of the left one, then the right. */
public record SymbolPair(String left, String right) implements Comparable<SymbolPair> {
  /** The symbol that they become. */
  public String joined() {
    return left + right;
  }

  @Override
  public int compareTo(SymbolPair other) {
    int order = left.compareTo(other.left);
    return order != 0 ? order : right.compareTo(other.right);
  }
}
