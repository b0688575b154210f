package dev.lora4j.core.tensor;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
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
  private final PackingPlan plan;
  private final Consumer<RuntimeException> onFailure;
  private final List<Expr> outputs;
  private Optional<Backend.Handle> plain = Optional.empty();
  private Optional<ProgramParts> parts = Optional.empty();
  private volatile boolean fellBack;
  private final UseCount use = new UseCount();

  /** Number of open held inputs. */
  final AtomicInteger held = new AtomicInteger();

  private Program(
      Scope scope,
      Graph graph,
      Backend.Handle module,
      List<Expr> outputs,
      Backend.Mode mode,
      PackingPlan plan,
      Consumer<RuntimeException> onFailure) {
    this.scope = scope;
    this.graph = graph;
    this.module = module;
    this.inputs = graph.inputs();
    this.heldInputs = graph.heldInputs();
    this.outputs = List.copyOf(outputs);
    this.results = outputs.stream().map(Expr::dtype).toList();
    this.mode = mode;
    this.plan = plan;
    this.onFailure = onFailure;
  }

  static Program compile(Scope scope, Graph graph, List<Expr> outputs, Backend.Mode mode) {
    FastPaths paths = scope.engine().fastPaths();
    PackingPlan plan =
        mode == Backend.Mode.INFERENCE ? graph.packing(outputs, paths::packing) : PackingPlan.PLAIN;
    Program program = compiled(scope, graph, outputs, mode, plan, paths::fellBack);
    scope.engine().countCompiled();
    return program;
  }

  /**
   * Compiles a program without gradients whose packed weights have to work.
   *
   * @param packing when its layers read their weights packed
   */
  static Program sample(Scope scope, Graph graph, List<Expr> outputs, Packing packing) {
    return planned(
        scope,
        graph,
        outputs,
        graph.packing(outputs, kind -> packing),
        failure -> {
          throw failure;
        });
  }

  /**
   * Compiles a program without gradients.
   *
   * @param onFailure receives failures of packed weights, and may throw
   */
  static Program planned(
      Scope scope,
      Graph graph,
      List<Expr> outputs,
      PackingPlan plan,
      Consumer<RuntimeException> onFailure) {
    return compiled(scope, graph, outputs, Backend.Mode.INFERENCE, plan, onFailure);
  }

  private static Program compiled(
      Scope scope,
      Graph graph,
      List<Expr> outputs,
      Backend.Mode mode,
      PackingPlan plan,
      Consumer<RuntimeException> onFailure) {
    Engine engine = scope.engine();
    try {
      Backend.Handle module = engine.compile(graph.text().source(outputs, engine.device(), plan));
      return scope.own(new Program(scope, graph, module, outputs, mode, plan, onFailure));
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

  /** True while {@link HeldInputs} of it are open. */
  public boolean held() {
    return held.get() > 0;
  }

  /**
   * Gathers tensors for the held inputs.
   *
   * @param owner closes the result; the tensors stay with their own owners
   * @param tensors one for each of {@link #heldInputs}, in order
   * @throws TensorException if a tensor does not fit
   */
  public HeldInputs hold(Scope owner, List<Tensor> tensors) {
    check("Held input", heldInputs, tensors);
    use.enter("The program");
    try {
      return scope.engine().call(() -> new HeldInputs(owner, this, tensors));
    } finally {
      use.leave();
    }
  }

  /**
   * Gathers tensors for the held inputs within a memory. If they are more, the program runs its
   * {@linkplain Graph#border parts} one after the other: mapped tensors are read from their file
   * when their part's turn comes, and given back to the system after it. As many parts stay as
   * there is room for. The results are the same to the last bit.
   *
   * @param owner closes the result
   * @param byName the tensor of each held input
   * @param memory bytes of the held inputs that may be in memory at a time
   * @throws TensorException if a tensor does not fit, or the memory is too small; it says which
   *     would do
   */
  public HeldInputs hold(Scope owner, Function<String, Tensor> byName, long memory) {
    List<Tensor> tensors = heldInputs.stream().map(i -> byName.apply(i.name())).toList();
    check("Held input", heldInputs, tensors);
    Residence residence = Residence.of(parts().all(), tensors, memory);
    use.enter("The program");
    try {
      return scope.engine().call(() -> new HeldInputs(owner, this, tensors, residence));
    } finally {
      use.leave();
    }
  }

  /** The parts that it divides into. */
  synchronized ProgramParts parts() {
    ProgramParts made =
        parts.orElseGet(() -> new ProgramParts(scope.engine(), graph, outputs, plan));
    parts = Optional.of(made);
    return made;
  }

  /** The backend that runs it. */
  Backend backend() {
    return scope.engine().backend();
  }

  /** A list of the held inputs of a part. */
  Backend.Handle list(List<Backend.Handle> handles) {
    return backend().list(handles, mode);
  }

  /** Runs a part. */
  List<Backend.Handle> runModule(
      Backend.Handle code, List<Backend.Handle> inputs, Backend.Handle held) {
    return backend().run(code, inputs, Optional.of(held), mode);
  }

  /**
   * Mapped files that the tensors are views of, without those of tensors that are only read packed,
   * which are copies.
   */
  List<MappedFile> files(List<Tensor> tensors) {
    Set<Integer> copied = new LinkedHashSet<>();
    if (packs()) {
      plan.slots().stream()
          .filter(s -> s.variable().isEmpty())
          .forEach(s -> copied.add(s.position()));
    }
    Set<MappedFile> files = new LinkedHashSet<>();
    for (int i = 0; i < tensors.size(); i++) {
      if (!copied.contains(i)) {
        tensors.get(i).mapped().ifPresent(files::add);
      }
    }
    return List.copyOf(files);
  }

  /** A list of the held inputs as the program takes them: packed as planned, or all plain. */
  Backend.Handle list(List<Tensor> tensors, boolean packed) {
    Backend backend = scope.engine().backend();
    return Tensor.using(
        tensors, handles -> backend.list(packed ? plan.handles(tensors, handles) : handles, mode));
  }

  /** Returns true if it takes packed weights, and these have not failed. */
  boolean packs() {
    return !plan.plain() && !fellBack;
  }

  /** Falls back to plain operators. */
  void fallBack(RuntimeException reason) {
    fellBack = true;
    onFailure.accept(reason);
  }

  /** {@link #hold(Scope, List)} with each held input looked up by its name. */
  public HeldInputs hold(Scope owner, Function<String, Tensor> byName) {
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
  public List<Tensor> run(Scope owner, HeldInputs held, List<Tensor> tensors) {
    check("Input", inputs, tensors);
    held.enter(this);
    try {
      return call(owner, Optional.of(held), tensors);
    } finally {
      held.leave();
    }
  }

  /** Runs the program with each input looked up by its name. */
  public List<Tensor> run(Scope owner, Map<String, Tensor> byName) {
    return run(owner, named(byName));
  }

  /** {@link #run(Scope, Map)} of a program with held inputs. */
  public List<Tensor> run(Scope owner, HeldInputs held, Map<String, Tensor> byName) {
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

  private List<Tensor> call(Scope owner, Optional<HeldInputs> held, List<Tensor> tensors) {
    use.enter("The program");
    try {
      return scope.engine().call(() -> packedOrPlain(owner, held, tensors));
    } catch (Backend.NativeFailure e) {
      throw EngineErrors.explain(graph, tensors, e);
    } finally {
      use.leave();
    }
  }

  /*
   * If packed weights fail, the plain operators say whose fault it is: where they fail as well it
   * is the caller's, and theirs is the message.
   */
  private List<Tensor> packedOrPlain(Scope owner, Optional<HeldInputs> held, List<Tensor> tensors) {
    Optional<StreamedInputs> streamed = held.flatMap(HeldInputs::streamed);
    if (streamed.isPresent()) {
      return wrap(
          backend(), owner, Tensor.using(tensors, handles -> streamed.get().run(tensors, handles)));
    }
    if (plan.plain()) {
      return run(module, owner, held.map(HeldInputs::plain), tensors);
    }
    HeldInputs weights = held.orElseThrow();
    Optional<Backend.Handle> packed = packs() ? weights.packed() : Optional.empty();
    if (packed.isEmpty()) {
      return run(plainModule(), owner, Optional.of(weights.plain()), tensors);
    }
    try {
      return run(module, owner, packed, tensors);
    } catch (Backend.NativeFailure e) {
      List<Tensor> results = run(plainModule(), owner, Optional.of(weights.plain()), tensors);
      fallBack(e);
      return results;
    }
  }

  private synchronized Backend.Handle plainModule() {
    Engine engine = scope.engine();
    Backend.Handle made =
        plain.orElseGet(() -> engine.compile(graph.source(outputs, engine.device())));
    plain = Optional.of(made);
    return made;
  }

  private List<Tensor> run(
      Backend.Handle code, Scope owner, Optional<Backend.Handle> held, List<Tensor> tensors) {
    Backend backend = scope.engine().backend();
    return wrap(
        backend, owner, Tensor.using(tensors, handles -> backend.run(code, handles, held, mode)));
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
      plain.ifPresent(scope.engine().backend()::free);
      parts.ifPresent(ProgramParts::close);
    }
  }
}
