package dev.lora4j.core.tensor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Reads an equation of Einstein's sum against the shapes of its operands. */
final class Einsum {
  /** Character that replaces {@code ...} while reading. */
  private static final char REST = '\0';

  private final String equation;
  private final List<Expr> operands;
  private final Map<Character, Long> sizes = new HashMap<>();
  private final Map<Character, Integer> uses = new TreeMap<>();
  private Shape rest = Shape.of();

  private Einsum(String equation, List<Expr> operands) {
    this.equation = equation;
    this.operands = operands;
  }

  static Einsum of(String equation, List<Expr> operands) {
    Einsum einsum = new Einsum(equation, operands);
    String[] terms = einsum.sides()[0].split(",", -1);
    if (terms.length != operands.size()) {
      throw einsum.wrong(terms.length + " operands");
    }
    for (int i = 0; i < terms.length; i++) {
      einsum.read(terms[i], operands.get(i).shape(), i);
    }
    return einsum;
  }

  /** Left and right side of the arrow; without an arrow only the left. */
  private String[] sides() {
    String compact = equation.replace(" ", "").replace("...", String.valueOf(REST));
    String[] sides = compact.split("->", -1);
    if (sides.length > 2) {
      throw wrong("at most one arrow");
    }
    return sides;
  }

  private void read(String term, Shape shape, int operand) {
    long named = term.chars().filter(c -> c != REST).count();
    boolean open = named < term.length();
    if (term.length() - named > 1) {
      throw wrong("'...' at most once in operand " + operand);
    }
    if (open ? shape.rank() < named : shape.rank() != named) {
      throw wrong(
          (open ? "at least " : "")
              + named
              + " dimensions of operand "
              + operand
              + " ("
              + term
              + ")");
    }
    int spread = (int) (shape.rank() - named);
    Map<Character, Long> own = new HashMap<>();
    int d = 0;
    for (int i = 0; i < term.length(); i++) {
      char label = term.charAt(i);
      if (label == REST) {
        Shape part = Sizes.part(shape, d, d + spread);
        rest = Broadcast.of(List.of(rest, part)).orElseThrow(() -> wrong("'...' that broadcast"));
        d += spread;
      } else {
        meet(label, shape.size(d++), operand, own);
      }
    }
  }

  private void meet(char label, long size, int operand, Map<Character, Long> own) {
    checkLetter(label);
    Long before = own.get(label);
    if (before != null && !Sizes.agree(before, size)) {
      throw wrong("both dimensions '" + label + "' of operand " + operand + " to be equal");
    }
    long here = before == null ? size : Sizes.common(before, size);
    own.put(label, here);
    uses.merge(label, 1, Integer::sum);
    Shape both =
        Broadcast.of(List.of(Shape.of(sizes.getOrDefault(label, 1L)), Shape.of(here)))
            .orElseThrow(
                () ->
                    wrong(
                        "sizes of '"
                            + label
                            + "' that agree, not "
                            + sizes.get(label)
                            + " and "
                            + size));
    sizes.put(label, both.size(0));
  }

  private void checkLetter(char label) {
    if (!(label >= 'a' && label <= 'z') && !(label >= 'A' && label <= 'Z')) {
      throw wrong("letters a to z and A to Z, not '" + label + "'");
    }
  }

  /** The shape of the result, as far as known. */
  Shape result() {
    String[] sides = sides();
    return sides.length == 2 ? written(sides[1]) : implied();
  }

  private Shape written(String right) {
    Shape shape = Shape.of();
    Set<Character> seen = new HashSet<>();
    for (int i = 0; i < right.length(); i++) {
      char label = right.charAt(i);
      if (!seen.add(label)) {
        throw wrong("each letter at most once after the arrow, not '" + label + "' twice");
      }
      if (label == REST) {
        shape = Sizes.joined(shape, rest);
        continue;
      }
      checkLetter(label);
      Long size = sizes.get(label);
      if (size == null) {
        throw wrong("letters after the arrow to stand before it, which '" + label + "' does not");
      }
      shape = Sizes.joined(shape, Shape.of(size));
    }
    return shape;
  }

  private Shape implied() {
    List<Long> once = new ArrayList<>();
    uses.forEach(
        (label, count) -> {
          if (count == 1) {
            once.add(sizes.get(label));
          }
        });
    return Sizes.joined(rest, Shape.of(once.stream().mapToLong(Long::longValue).toArray()));
  }

  private TensorException wrong(String expected) {
    String found =
        operands.stream().map(e -> e.shape().toString()).collect(Collectors.joining(" and "));
    return Mismatch.of("einsum '" + equation + "'", operands.get(0), expected, found);
  }
}
