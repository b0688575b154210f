package dev.lora4j.core.tensor;

import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Makes errors of ours from those of the engine. */
final class EngineErrors {
  /**
   * Greatest number of inputs whose shapes are reported; a network may have hundreds of weights.
   */
  private static final int TOLD = 8;

  private static final Pattern LINE = Pattern.compile("line (\\d+), in run");

  private EngineErrors() {}

  /** Exception for an operator that failed while the program ran on {@code tensors}. */
  static TensorException explain(Graph graph, List<Tensor> tensors, Backend.NativeFailure failure) {
    return explain(graph, tensors, failure, graph.text()::origin);
  }

  /** Exception for an operator that failed while a part of the program ran. */
  static TensorException explain(
      Graph graph, ProgramPart part, List<Tensor> tensors, Backend.NativeFailure failure) {
    return explain(graph, tensors, failure, line -> graph.text().origin(part, line));
  }

  private static TensorException explain(
      Graph graph,
      List<Tensor> tensors,
      Backend.NativeFailure failure,
      IntFunction<Optional<ProgramText.Origin>> origins) {
    String text = String.valueOf(failure.getMessage());
    Matcher line = LINE.matcher(text);
    Optional<ProgramText.Origin> origin =
        line.find() ? origins.apply(Integer.parseInt(line.group(1))) : Optional.empty();
    String what = origin.map(EngineErrors::operator).orElse("A program failed");
    return new TensorException(what + ": " + reason(text) + "." + inputs(graph, tensors), failure);
  }

  private static String operator(ProgramText.Origin o) {
    return "Operator "
        + o.operator()
        + (o.layer().isEmpty() ? "" : " in layer " + o.layer())
        + (o.arguments().isEmpty() ? "" : " on " + o.arguments())
        + " failed (staged at "
        + o.java()
        + ")";
  }

  /** The engine's own reason: the line after its last {@code Error:}, or the first of its text. */
  static String reason(String text) {
    int error = text.lastIndexOf("Error: ");
    String tail = error < 0 ? text : text.substring(error + "Error: ".length());
    String first = tail.lines().findFirst().orElse(text).strip();
    return first.endsWith(".") ? first.substring(0, first.length() - 1) : first;
  }

  private static String inputs(Graph graph, List<Tensor> tensors) {
    if (tensors.isEmpty()) {
      return "";
    }
    List<Graph.Input> declared = graph.inputs();
    String told =
        IntStream.range(0, Math.min(TOLD, tensors.size()))
            .mapToObj(i -> declared.get(i).name() + " " + tensors.get(i))
            .collect(Collectors.joining(", "));
    return " The inputs were " + told + (tensors.size() > TOLD ? ", ..." : "") + ".";
  }
}
