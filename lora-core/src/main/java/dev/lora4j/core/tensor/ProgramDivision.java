package dev.lora4j.core.tensor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Division of a program's statements into parts, by the variables that they define and use. */
final class ProgramDivision {
  private static final Pattern VARIABLE = Pattern.compile("\\bv\\d+_[A-Za-z0-9_]*");
  private static final String ASSIGNS = " = ";

  /** Sizes are numbers, which no program can take or give: each part reads them itself. */
  private static final String SIZE = ASSIGNS + "torch.size(";

  private final List<String> statements;
  private final Map<String, Integer> inputs;
  private final Map<String, Integer> held;

  /** Position of the statement that defines each variable. */
  private final Map<String, Integer> definitions = new HashMap<>();

  ProgramDivision(List<String> statements, List<String> inputs, List<String> held) {
    this.statements = statements;
    this.inputs = positions(inputs);
    this.held = positions(held);
    for (int i = 0; i < statements.size(); i++) {
      for (String variable : variables(left(statements.get(i)))) {
        definitions.put(variable, i);
      }
    }
  }

  private static Map<String, Integer> positions(List<String> names) {
    Map<String, Integer> positions = new HashMap<>();
    names.forEach(n -> positions.put(n, positions.size()));
    return positions;
  }

  private static String left(String statement) {
    int end = statement.startsWith("v") ? statement.indexOf(ASSIGNS) : -1;
    return end < 0 ? "" : statement.substring(0, end);
  }

  private static List<String> variables(String text) {
    List<String> found = new ArrayList<>();
    Matcher matcher = VARIABLE.matcher(text);
    while (matcher.find()) {
      found.add(matcher.group());
    }
    return found;
  }

  /** Inputs, held inputs and values of earlier parts that a part uses. */
  private final class Needs {
    private final int begin;
    private final Set<Integer> ofInputs = new TreeSet<>();
    private final Set<Integer> ofHeld = new TreeSet<>();
    private final Set<String> taken = new LinkedHashSet<>();
    private final Map<Integer, String> sizes = new TreeMap<>();

    Needs(int begin) {
      this.begin = begin;
    }

    void add(String text) {
      for (String variable : variables(text)) {
        Integer input = inputs.get(variable);
        Integer stays = held.get(variable);
        if (input != null) {
          ofInputs.add(input);
        } else if (stays != null) {
          ofHeld.add(stays);
        } else {
          value(variable, definitions.getOrDefault(variable, begin));
        }
      }
    }

    private void value(String variable, int defined) {
      if (defined >= begin) {
        return;
      }
      String statement = statements.get(defined);
      if (!statement.contains(SIZE)) {
        taken.add(variable);
      } else if (sizes.putIfAbsent(defined, statement) == null) {
        add(statement.substring(statement.indexOf(SIZE)));
      }
    }
  }

  /**
   * The parts, in the order they run.
   *
   * @param borders positions of the statements before which a part begins
   * @param results variables of the program's outputs
   */
  List<ProgramPart> parts(NavigableSet<Integer> borders, List<String> results) {
    List<Integer> begins = new ArrayList<>(List.of(0));
    borders.stream().filter(b -> b > 0 && b < statements.size()).forEach(begins::add);
    List<Needs> needs = new ArrayList<>();
    Map<Integer, Set<String>> given = new LinkedHashMap<>();
    for (int i = 0; i < begins.size(); i++) {
      Needs own = new Needs(begins.get(i));
      statements.subList(begins.get(i), end(begins, i)).forEach(own::add);
      if (i == begins.size() - 1) {
        results.forEach(own::add);
      }
      needs.add(own);
      for (String variable : own.taken) {
        int defined = definitions.getOrDefault(variable, 0);
        int maker = maker(begins, defined);
        given.computeIfAbsent(maker, m -> new LinkedHashSet<>()).add(variable);
      }
    }
    List<ProgramPart> parts = new ArrayList<>();
    for (int i = 0; i < needs.size(); i++) {
      Needs own = needs.get(i);
      parts.add(
          new ProgramPart(
              own.begin,
              end(begins, i),
              List.copyOf(own.ofInputs),
              List.copyOf(own.taken),
              List.copyOf(own.ofHeld),
              List.copyOf(own.sizes.values()),
              List.copyOf(given.getOrDefault(i, Set.of()))));
    }
    return List.copyOf(parts);
  }

  private int end(List<Integer> begins, int part) {
    return part + 1 < begins.size() ? begins.get(part + 1) : statements.size();
  }

  private static int maker(List<Integer> begins, int statement) {
    int maker = begins.size() - 1;
    while (begins.get(maker) > statement) {
      maker--;
    }
    return maker;
  }
}
