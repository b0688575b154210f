package dev.lora4j.core.tensor;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The text of a program while it grows: statements in the order they run, and where each came from.
 * Equal stagings give equal text, but for the name of the device.
 */
final class ProgramText {
  /**
   * Source of a statement: operator, layer, Java code and staged arguments.
   *
   * @param arguments the staged types and shapes of the tensors it takes
   */
  record Origin(String operator, String layer, String java, String arguments) {}

  private record Packed(String left, PackedUse use) {}

  /** Text that stands as it is where an argument is expected. */
  record Verbatim(String text) {
    @Override
    public String toString() {
      return text;
    }
  }

  private static final String HEAD =
      """
      class M(Module):
        __parameters__ = []
        __buffers__ = []
        training : bool
        def run(self: __torch__.M, inputs: List[Tensor], held: List[Tensor]) -> List[Tensor]:
          device = torch.device("%s")
      """;

  /** The program's device, where an argument is expected. */
  static final Verbatim DEVICE = new Verbatim("device");

  private static final int HEAD_LINES = (int) HEAD.lines().count();

  private final List<String> inputs = new ArrayList<>();
  private final List<String> held = new ArrayList<>();
  private final List<String> statements = new ArrayList<>();
  private final List<Origin> origins = new ArrayList<>();

  /** Packed variants of statements, by statement. */
  private final Map<String, Packed> packed = new HashMap<>();

  /** CPU variants of statements, by statement. */
  private final Map<String, String> onCpu = new HashMap<>();

  /** Positions of the statements before which a part of the program begins. */
  private final NavigableSet<Integer> borders = new TreeSet<>();

  private int variables;
  private String indentation = "";

  /** A name that no other value of the program has. */
  String variable(String hint) {
    String clean = hint.replaceAll("[^A-Za-z0-9]+", "_").replaceAll("^_+|_+$", "");
    return "v" + variables++ + "_" + clean;
  }

  /** A name for the next tensor of the list that changes from run to run. */
  String input(String hint) {
    inputs.add(variable(hint));
    return inputs.get(inputs.size() - 1);
  }

  /** A name for the next tensor of the list that stays. */
  String held(String hint) {
    held.add(variable(hint));
    return held.get(held.size() - 1);
  }

  /** Appends a statement. */
  void add(String statement, Origin origin) {
    insert(statements.size(), statement, origin);
  }

  /** Puts a statement before the one that stands at {@code position}. */
  void insert(int position, String statement, Origin origin) {
    statements.add(position, indentation + statement);
    origins.add(position, origin);
  }

  /**
   * Records a statement's variant for a packed weight.
   *
   * @param left the variable of its result
   */
  void packed(String statement, String left, PackedUse use) {
    packed.put(statement, new Packed(left, use));
  }

  /** Records a statement's variant for a program for a CPU. */
  void onCpu(String statement, String other) {
    onCpu.put(statement, other);
  }

  /** Begins the body of a loop, whose head was added last. */
  void enterLoop() {
    indentation = "  ";
  }

  /** Ends the body of a loop. */
  void leaveLoop() {
    indentation = "";
  }

  /** Number of statements. */
  int length() {
    return statements.size();
  }

  /** Lets a part of the program begin with the next statement. */
  void border() {
    borders.add(statements.size());
  }

  /** Parts of the program between the borders, in the order they run; one if there is none. */
  List<ProgramPart> parts(List<Expr> outputs) {
    List<String> results = outputs.stream().map(Expr::toString).toList();
    return new ProgramDivision(statements, inputs, held).parts(borders, results);
  }

  /**
   * A part as a program of its own: it takes its inputs and then the values of earlier parts, and
   * gives values for later parts, or {@code outputs} if it is the last.
   *
   * @param plan which of its held inputs are given packed
   */
  String source(ProgramPart part, List<Expr> outputs, Device device, PackingPlan plan) {
    StringBuilder text = new StringBuilder(HEAD.formatted(device));
    unpackings(part, plan.extras()).forEach(s -> text.append("    ").append(s).append('\n'));
    part.sizes().forEach(s -> text.append("    ").append(s).append('\n'));
    for (String statement : statements.subList(part.begin(), part.end())) {
      text.append("    ").append(taken(statement, device, plan)).append('\n');
    }
    String results =
        part.end() == statements.size() ? results(outputs) : String.join(", ", part.given());
    return text.append("    return [").append(results).append("]\n").toString();
  }

  private List<String> unpackings(ProgramPart part, List<String> extras) {
    List<String> tensors = new ArrayList<>(part.inputs().stream().map(inputs::get).toList());
    tensors.addAll(part.taken());
    return unpackings(tensors, part.held().stream().map(held::get).toList(), extras);
  }

  /** {@link #origin(int)} of a line of the text of a part. */
  Optional<Origin> origin(ProgramPart part, int line) {
    int before = unpackings(part, List.of()).size() + part.sizes().size();
    return origin(part.begin(), part.end(), line - 1 - HEAD_LINES - before);
  }

  /**
   * The whole program, to run on {@code device}.
   *
   * @param plan which held inputs are given packed
   */
  String source(List<Expr> outputs, Device device, PackingPlan plan) {
    StringBuilder text = new StringBuilder(HEAD.formatted(device));
    unpackings(inputs, held, plan.extras())
        .forEach(s -> text.append("    ").append(s).append('\n'));
    for (String statement : statements) {
      text.append("    ").append(taken(statement, device, plan)).append('\n');
    }
    return text.append("    return [").append(results(outputs)).append("]\n").toString();
  }

  private String taken(String statement, Device device, PackingPlan plan) {
    return packed(statement, plan)
        .orElseGet(() -> device.cuda() ? statement : onCpu.getOrDefault(statement, statement));
  }

  private static String results(List<Expr> outputs) {
    return outputs.stream()
        .map(e -> "torch.contiguous(" + e + ")")
        .collect(Collectors.joining(", "));
  }

  private Optional<String> packed(String statement, PackingPlan plan) {
    return Optional.ofNullable(packed.get(statement))
        .flatMap(
            could ->
                Optional.ofNullable(plan.packings().get(could.use().weight().toString()))
                    .map(when -> could.left() + " = " + could.use().text(when)));
  }

  /*
   * One instruction for a whole list. Taking the elements one by one is a call of an operator for
   * each, which was a tenth of the time of a chain of small operators with a weight each.
   */
  private static List<String> unpackings(
      List<String> taken, List<String> stay, List<String> extras) {
    List<String> lines = new ArrayList<>();
    if (!taken.isEmpty()) {
      lines.add(String.join(", ", taken) + ", = inputs");
    }
    if (!stay.isEmpty()) {
      List<String> all = new ArrayList<>(stay);
      all.addAll(extras);
      lines.add(String.join(", ", all) + ", = held");
    }
    return lines;
  }

  /** The origin of line {@code line} (from 1) of the text, if a statement stands there. */
  Optional<Origin> origin(int line) {
    int before = unpackings(inputs, held, List.of()).size();
    return origin(0, statements.size(), line - 1 - HEAD_LINES - before);
  }

  private Optional<Origin> origin(int begin, int end, int number) {
    return number >= 0 && begin + number < end
        ? Optional.of(origins.get(begin + number))
        : Optional.empty();
  }

  static String arguments(List<?> arguments) {
    return arguments.stream()
        .map(ProgramText::argument)
        .collect(Collectors.joining(", ", "(", ")"));
  }

  static String argument(Object value) {
    if (value instanceof Keyword keyword) {
      return keyword.equals(Keyword.NONE)
          ? "None"
          : keyword.name() + "=" + argument(keyword.value());
    }
    if (value instanceof DType dtype) {
      return Integer.toString(dtype.aten());
    }
    if (value instanceof Boolean flag) {
      return flag ? "True" : "False";
    }
    if (value instanceof Double || value instanceof Float) {
      return number(((Number) value).doubleValue());
    }
    if (value instanceof String string) {
      return '"' + string.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
    if (value instanceof Expr[] list && list.length == 0) {
      return "annotate(List[Tensor], [])";
    }
    if (value instanceof Collection<?> list) {
      return list.isEmpty()
          ? "annotate(List[int], [])"
          : list.stream().map(ProgramText::argument).collect(Collectors.joining(", ", "[", "]"));
    }
    return value.toString();
  }

  private static String number(double value) {
    if (Double.isNaN(value)) {
      return "float(\"nan\")";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "float(\"inf\")" : "float(\"-inf\")";
    }
    return String.format(Locale.ROOT, "%.17g", value);
  }
}
