package dev.lora4j.core.tensor;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Staged mathematics that runs as one native call. Holds no data, so one program serves any
 * weights, batch size and resolution, from several threads at once. Closing waits for runs in
 * progress.
 */
public final class Program implements AutoCloseable {
  private final Scope scope;
  private final Graph graph;
  private final Backend.Handle module;
  private final List<Graph.Input> inputs;
  private final List<Graph.Input> heldInputs;
  private final List<DType> results;
  private final Backend.Mode mode;
  private final List<Optional<PackedForm>> packing;
  private final InUse use = new InUse();

  private Program(
      Scope scope,
      Graph graph,
      Backend.Handle module,
      List<DType> results,
      Backend.Mode mode,
      List<Optional<PackedForm>> packing) {
    this.scope = scope;
    this.graph = graph;
    this.module = module;
    this.inputs = graph.inputs();
    this.heldInputs = graph.heldInputs();
    this.results = results;
    this.mode = mode;
    this.packing = packing;
  }

  static Program compile(Scope scope, Graph graph, List<Expr> outputs, Backend.Mode mode) {
    Engine engine = scope.engine();
    boolean packs = mode == Backend.Mode.INFERENCE && engine.packs();
    String source =
        packs
            ? graph.packedSource(outputs, engine.device())
            : graph.source(outputs, engine.device());
    try {
      Backend.Handle module = engine.compile(source);
      List<DType> results = outputs.stream().map(Expr::dtype).toList();
      List<Optional<PackedForm>> packing = packs ? graph.packing(outputs) : List.of();
      return scope.own(new Program(scope, graph, module, results, mode, packing));
    } catch (Backend.NativeFailure e) {
      throw new TensorException("The staged program is not valid: " + e.getMessage(), e);
    }
  }

  /** The inputs in the order {@link #run} takes them. */
  public List<Graph.Input> inputs() {
    return inputs;
  }

  /** The held inputs in the order {@link #hold} takes them. */
  public List<Graph.Input> heldInputs() {
    return heldInputs;
  }

  /**
   * Gathers tensors for the held inputs.
   *
   * @param owner closes the result; the tensors stay with their own owners
   * @param tensors one for each of {@link #heldInputs}, in order
   * @throws TensorException if a tensor does not fit
   */
  public Held hold(Scope owner, List<Tensor> tensors) {
    check("Held input", heldInputs, tensors);
    Engine engine = scope.engine();
    use.enter("The program");
    try {
      return engine.call(
          () ->
              Tensor.using(
                  tensors,
                  handles ->
                      new Held(
                          owner,
                          this,
                          engine.backend().list(packed(tensors, handles), mode),
                          files(tensors))));
    } finally {
      use.leave();
    }
  }

  /** What tensors are views of, but for those that are packed, which are copies. */
  private List<MappedFile> files(List<Tensor> tensors) {
    Set<MappedFile> files = new LinkedHashSet<>();
    for (int i = 0; i < tensors.size(); i++) {
      if (i >= packing.size() || packing.get(i).isEmpty()) {
        tensors.get(i).mapped().ifPresent(files::add);
      }
    }
    return List.copyOf(files);
  }

  /** In the forms in which the program takes them. */
  private List<Backend.Handle> packed(List<Tensor> tensors, List<Backend.Handle> handles) {
    List<Backend.Handle> packed = new ArrayList<>(handles);
    for (int i = 0; i < packing.size(); i++) {
      if (packing.get(i).isPresent()) {
        packed.set(i, tensors.get(i).packed(packing.get(i).get()));
      }
    }
    return packed;
  }

  /** {@link #hold(Scope, List)} with each held input looked up by its name. */
  public Held hold(Scope owner, Function<String, Tensor> byName) {
    return hold(owner, heldInputs.stream().map(i -> byName.apply(i.name())).toList());
  }

  /**
   * Runs the program.
   *
   * @param owner owner of the results
   * @param tensors one for each of {@link #inputs}, in order
   * @return the staged outputs
   * @throws TensorException if an input does not fit, or an operator fails; the message names the
   *     operator, its layer, the shapes and the line of Java that staged it
   */
  public List<Tensor> run(Scope owner, List<Tensor> tensors) {
    check("Input", inputs, tensors);
    return runUnchecked(owner, tensors);
  }

  /** {@link #run(Scope, List)} for tensors of any rank. */
  List<Tensor> runUnchecked(Scope owner, List<Tensor> tensors) {
    if (!heldInputs.isEmpty()) {
      throw new TensorException(
          "The program has " + heldInputs.size() + " held inputs; run it with what hold() gave.");
    }
    return call(owner, Optional.empty(), tensors);
  }

  /** Runs the program with these tensors, in the order of {@link #inputs}. */
  public List<Tensor> run(Scope owner, Tensor... tensors) {
    return run(owner, List.of(tensors));
  }

  /** {@link #run(Scope, List)} of a program with held inputs. */
  public List<Tensor> run(Scope owner, Held held, List<Tensor> tensors) {
    check("Input", inputs, tensors);
    Backend.Handle list = held.enter(this);
    try {
      return call(owner, Optional.of(list), tensors);
    } finally {
      held.leave();
    }
  }

  /** Runs the program with each input looked up by its name. */
  public List<Tensor> run(Scope owner, Map<String, Tensor> byName) {
    return run(owner, named(byName));
  }

  /** {@link #run(Scope, Map)} of a program with held inputs. */
  public List<Tensor> run(Scope owner, Held held, Map<String, Tensor> byName) {
    return run(owner, held, named(byName));
  }

  private List<Tensor> named(Map<String, Tensor> byName) {
    List<Tensor> tensors = new ArrayList<>(inputs.size());
    for (Graph.Input input : inputs) {
      tensors.add(
          Optional.ofNullable(byName.get(input.name()))
              .orElseThrow(
                  () ->
                      new TensorException(
                          "The program's input '" + input.name() + "' is missing.")));
    }
    return tensors;
  }

  private List<Tensor> call(Scope owner, Optional<Backend.Handle> held, List<Tensor> tensors) {
    Engine engine = scope.engine();
    Backend backend = engine.backend();
    use.enter("The program");
    try {
      return engine.call(
          () ->
              wrap(
                  backend,
                  owner,
                  Tensor.using(tensors, handles -> backend.run(module, handles, held, mode))));
    } catch (Backend.NativeFailure e) {
      throw Failures.explain(graph, tensors, e);
    } finally {
      use.leave();
    }
  }

  private List<Tensor> wrap(Backend backend, Scope owner, List<Backend.Handle> out) {
    List<Tensor> wrapped = new ArrayList<>(out.size());
    try {
      for (Backend.Handle h : out) {
        wrapped.add(new Tensor(owner, h, results.get(wrapped.size()), backend.shape(h)));
      }
      return List.copyOf(wrapped);
    } catch (TensorException e) {
      // The owner was closed meanwhile; it released what it had, and the rest has no owner.
      out.subList(wrapped.size(), out.size()).forEach(backend::free);
      throw e;
    }
  }

  private void check(String kind, List<Graph.Input> inputs, List<Tensor> tensors) {
    if (tensors.size() != inputs.size()) {
      throw new TensorException(
          "The program takes " + inputs.size() + " tensors, found " + tensors.size() + ".");
    }
    for (int i = 0; i < tensors.size(); i++) {
      Graph.Input input = inputs.get(i);
      Tensor found = tensors.get(i);
      if (found.dtype() != input.dtype() || !input.shape().admits(found.shape())) {
        throw new TensorException(
            kind
                + " '"
                + input.name()
                + "' expects "
                + input.dtype()
                + " "
                + input.shape()
                + ", found "
                + found
                + ".");
      }
      Device here = scope.engine().device();
      Device there = found.engine().device();
      if (!there.equals(here)) {
        throw new TensorException(
            kind
                + " '"
                + input.name()
                + "' was made by an engine on "
                + there
                + ", and the program runs on "
                + here
                + "; make it with the program's engine.");
      }
    }
  }

  @Override
  public void close() {
    if (use.close()) {
      scope.disown(this);
      scope.engine().backend().free(module);
    }
  }
}
