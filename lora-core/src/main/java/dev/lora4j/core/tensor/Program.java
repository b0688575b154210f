package dev.lora4j.core.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Staged mathematics that runs as one native call. Holds no data, so one program serves any
 * weights, batch size and resolution, from several threads at once.
 */
public final class Program implements AutoCloseable {
  private static final Pattern LINE = Pattern.compile("line (\\d+), in run");

  private final Graph graph;
  private final Backend.Handle module;
  private final List<Graph.Input> inputs;
  private final List<DType> results;
  private final boolean gradients;
  private final Engine engine;

  private Program(
      Engine engine, Graph graph, Backend.Handle module, List<DType> results, boolean gradients) {
    this.engine = engine;
    this.graph = graph;
    this.module = module;
    this.inputs = graph.inputs();
    this.results = results;
    this.gradients = gradients;
  }

  static Program compile(
      Scope scope, Graph graph, String source, List<Expr> outputs, boolean gradients) {
    Engine engine = scope.engine();
    try {
      Backend.Handle module = engine.call(() -> engine.backend().load(source));
      List<DType> results = outputs.stream().map(Expr::dtype).toList();
      return scope.own(new Program(engine, graph, module, results, gradients));
    } catch (Backend.NativeFailure e) {
      throw new TensorException("The staged program is not valid: " + e.getMessage(), e);
    }
  }

  /** The inputs in the order {@link #run} takes them. */
  public List<Graph.Input> inputs() {
    return inputs;
  }

  /**
   * Runs the program.
   *
   * @param scope owner of the results
   * @param tensors one for each of {@link #inputs}, in order
   * @return the staged outputs
   * @throws TensorException if an input does not fit, or an operator fails; the message names the
   *     operator, its layer, the shapes and the line of Java that staged it
   */
  public List<Tensor> run(Scope scope, List<Tensor> tensors) {
    check(tensors);
    return runUnchecked(scope, tensors);
  }

  /** {@link #run} for tensors of any rank. */
  List<Tensor> runUnchecked(Scope scope, List<Tensor> tensors) {
    List<Backend.Handle> handles = Tensor.handles(tensors);
    Backend backend = engine.backend();
    return engine.call(
        () -> {
          List<Backend.Handle> out;
          try {
            out = backend.run(module, handles, gradients);
          } catch (Backend.NativeFailure e) {
            throw explain(e);
          }
          List<Tensor> wrapped = new ArrayList<>(out.size());
          for (int i = 0; i < out.size(); i++) {
            wrapped.add(new Tensor(scope, out.get(i), results.get(i), backend.shape(out.get(i))));
          }
          return List.copyOf(wrapped);
        });
  }

  /** Runs the program with these tensors, in the order of {@link #inputs}. */
  public List<Tensor> run(Scope scope, Tensor... tensors) {
    return run(scope, List.of(tensors));
  }

  /** Runs the program with each input looked up by its name. */
  public List<Tensor> run(Scope scope, Map<String, Tensor> byName) {
    List<Tensor> tensors = new ArrayList<>(inputs.size());
    for (Graph.Input input : inputs) {
      tensors.add(
          Optional.ofNullable(byName.get(input.name()))
              .orElseThrow(
                  () ->
                      new TensorException(
                          "The program's input '" + input.name() + "' is missing.")));
    }
    return run(scope, tensors);
  }

  private void check(List<Tensor> tensors) {
    if (tensors.size() != inputs.size()) {
      throw new TensorException(
          "The program takes " + inputs.size() + " tensors, found " + tensors.size() + ".");
    }
    for (int i = 0; i < tensors.size(); i++) {
      Graph.Input input = inputs.get(i);
      Tensor found = tensors.get(i);
      if (found.dtype() != input.dtype() || !input.shape().admits(found.shape())) {
        throw new TensorException(
            "Input '"
                + input.name()
                + "' expects "
                + input.dtype()
                + " "
                + input.shape()
                + ", found "
                + found
                + ".");
      }
    }
  }

  private TensorException explain(Backend.NativeFailure failure) {
    String text = String.valueOf(failure.getMessage());
    Matcher line = LINE.matcher(text);
    Optional<Graph.Origin> origin =
        line.find() ? graph.origin(Integer.parseInt(line.group(1))) : Optional.empty();
    String reason = reason(text);
    return new TensorException(
        origin
            .map(
                o ->
                    "Operator "
                        + o.operator()
                        + (o.layer().isEmpty() ? "" : " in layer " + o.layer())
                        + " failed (staged at "
                        + o.java()
                        + "): "
                        + reason)
            .orElse("A program failed: " + reason),
        failure);
  }

  /** The engine's own reason: the line after its last {@code RuntimeError:}, or all of its text. */
  private static String reason(String text) {
    int error = text.lastIndexOf("Error: ");
    String tail = error < 0 ? text : text.substring(error + "Error: ".length());
    return tail.lines().findFirst().orElse(text);
  }

  @Override
  public void close() {
    engine.backend().free(module);
  }
}
