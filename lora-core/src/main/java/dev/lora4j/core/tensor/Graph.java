package dev.lora4j.core.tensor;

import dev.lora4j.core.tensor.ProgramText.Origin;
import dev.lora4j.core.tensor.ProgramText.Verbatim;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Graph of a program: holds its inputs and statements while Java stages it.
 *
 * <p>Operators are appended in the order they are staged, which is the order they run in; an
 * operator that changes a tensor in place is seen by all that is staged after it. Not safe for use
 * by several threads.
 */
public final class Graph {
  /** One declared input. */
  public record Input(String name, DType dtype, Shape shape) {}

  /** Element type and shape, as far as known, of one result of an operator. */
  public record Result(DType dtype, Shape shape) {}

  private static final Set<String> CUT =
      Set.of("detach", "zeros_like", "ones_like", "full_like", "empty_like", "new_zeros");

  private final List<Input> inputs = new ArrayList<>();
  private final List<Input> held = new ArrayList<>();
  private final FixedWeights weights = new FixedWeights();
  private final ProgramText text = new ProgramText();
  private final Tape tape = new Tape();
  private final Deque<String> layers = new ArrayDeque<>();
  private final UnaryOperator<Input> sizes;
  private final Optional<CostCount> count;
  private boolean insideSegment;
  private boolean sparing;
  private boolean rowsAlone;

  /** An empty graph. */
  public Graph() {
    this(UnaryOperator.identity(), false);
  }

  private Graph(UnaryOperator<Input> sizes, boolean counts) {
    this.sizes = sizes;
    this.count = counts ? Optional.of(new CostCount(tape)) : Optional.empty();
  }

  /**
   * An empty graph with known sizes for its inputs, which counts the {@linkplain #cost cost} of a
   * run.
   *
   * @param sizes an input or held input with all its sizes
   */
  public static Graph sized(UnaryOperator<Input> sizes) {
    return new Graph(sizes, true);
  }

  /**
   * Cost of a run of the staged program.
   *
   * @throws IllegalStateException if this graph is not {@link #sized}
   */
  public Cost cost() {
    return count
        .map(CostCount::cost)
        .orElseThrow(() -> new IllegalStateException("Only a graph with sizes counts costs."));
  }

  /**
   * Declares an input. The program takes tensors of this element type whose shape {@linkplain
   * Shape#admits fits}.
   */
  public Expr input(String name, DType dtype, Shape shape) {
    return declare(text.input(name), inputs, new Input(name, dtype, shape));
  }

  /**
   * Declares an input that stays the same over many runs, such as a weight. These are gathered once
   * with {@link Program#hold} and cost nothing per run.
   */
  public Expr held(String name, DType dtype, Shape shape) {
    return declare(text.held(name), held, new Input(name, dtype, shape));
  }

  /**
   * A {@link #held} input whose elements do not change while it is held, such as the weight of a
   * model that is not trained. The engine may convert it once to the form that operators read
   * fastest.
   */
  public Expr weight(String name, DType dtype, Shape shape) {
    Expr weight = held(name, dtype, shape);
    weights.add(weight, held.size() - 1);
    return weight;
  }

  private Expr declare(String variable, List<Input> declared, Input asked) {
    Input input = sizes.apply(asked);
    declared.add(input);
    return new Expr(this, variable, input.dtype(), input.shape());
  }

  /** The declared inputs, in the order the program takes them. */
  public List<Input> inputs() {
    return List.copyOf(inputs);
  }

  /** The declared held inputs, in the order {@link Program#hold} takes them. */
  public List<Input> heldInputs() {
    return List.copyOf(held);
  }

  /** Enters a layer, whose name appears in messages until {@link #leave}. */
  public void enter(String layer) {
    layers.addLast(layer);
  }

  /** Leaves the layer entered last. */
  public void leave() {
    layers.removeLast();
  }

  /** The layer being staged, for messages; empty outside of any. */
  public String layer() {
    return layers.isEmpty() ? "" : layers.getLast();
  }

  /**
   * Stages any ATen operator that returns one tensor.
   *
   * <p>Arguments are {@link Expr}, {@link Dim}, numbers, booleans, strings, {@link DType}, lists of
   * these, {@link Keyword}, and {@link Keyword#NONE}; an empty list of tensors is an empty {@code
   * Expr[]}. An operator that makes a tensor out of numbers alone makes it on the device that the
   * program is compiled for.
   *
   * @param operator its name, without {@code aten::}
   * @param dtype element type of the result
   * @param shape shape of the result, as far as known
   */
  public Expr call(String operator, DType dtype, Shape shape, Object... arguments) {
    return call(operator, List.of(new Result(dtype, shape)), arguments).get(0);
  }

  /**
   * Stages any ATen operator that returns a tuple of tensors; arguments as in {@link #call(String,
   * DType, Shape, Object...)}.
   */
  public List<Expr> call(String operator, List<Result> results, Object... arguments) {
    if (!insideSegment && (sparing || tape.transients())) {
      Optional<RecomputedOp> unrecorded =
          RecomputedOp.of(operator, List.of(arguments), tape, sparing);
      if (unrecorded.isPresent()) {
        return piece(new Tape.Single(unrecorded.get()), () -> staged(operator, results, arguments));
      }
    }
    return staged(operator, results, arguments);
  }

  private List<Expr> staged(String operator, List<Result> results, Object... arguments) {
    if (insideSegment && random(operator)) {
      throw new TensorException(
          "Operator "
              + operator
              + " draws other numbers each time it runs, so it cannot stand in a checkpointed"
              + " segment, which runs twice; use SeededNumbers.");
    }
    List<Object> local = Factories.placed(operator, Stream.of(arguments).map(this::local).toList());
    List<Expr> tensors = tensors(local);
    String variable = text.variable(operator);
    List<Expr> out = new ArrayList<>(results.size());
    for (int i = 0; i < results.size(); i++) {
      Result r = results.get(i);
      out.add(new Expr(this, i == 0 ? variable : variable + "_" + i, r.dtype(), r.shape()));
    }
    String left = out.stream().map(Expr::toString).collect(Collectors.joining(", "));
    String statement = left + " = torch." + operator + ProgramText.arguments(local);
    statement(operator, statement, tensors);
    weights.use(operator, local).ifPresent(u -> text.packed(statement, left, u));
    if (tensors.stream().anyMatch(e -> tape.value(e).differentiable())) {
      TrainedAttention.of(operator, local)
          .ifPresent(other -> text.onCpu(statement, left + " = " + other));
    }
    tape.addOrder(operator, out, tensors);
    if (!CUT.contains(operator)) {
      out.forEach(e -> tape.addResult(e, tensors));
    }
    count.ifPresent(c -> c.count(operator, tensors, out));
    return List.copyOf(out);
  }

  /**
   * Stages an ATen operator that returns a tuple of tensors, and takes the first of them.
   *
   * @param results how many tensors the operator returns
   */
  public Expr first(int results, String operator, DType dtype, Shape shape, Object... arguments) {
    List<Result> all = new ArrayList<>(List.of(new Result(dtype, shape)));
    while (all.size() < results) {
      all.add(new Result(dtype, Shape.of()));
    }
    return call(operator, all, arguments).get(0);
  }

  private static boolean random(String operator) {
    return operator.startsWith("rand")
        || operator.startsWith("normal")
        || operator.contains("bernoulli")
        || operator.contains("multinomial")
        || operator.contains("dropout");
  }

  /** Stages an ATen operator for its effect on its arguments. */
  public void effect(String operator, Object... arguments) {
    if (insideSegment) {
      throw new TensorException(
          "Operator "
              + operator
              + " changes its arguments, so it cannot stand in a checkpointed segment, which runs"
              + " twice.");
    }
    List<Object> kept = kept(arguments);
    statement(operator, "torch." + operator + ProgramText.arguments(kept), tensors(kept));
  }

  /*
   * libtorch removes statements without a result unless it sees that they write to something that
   * lives. It does not see writes to the elements of a list that was made in place, so fused
   * optimisers on such lists would be removed without a word. It does assume that an element of a
   * list of lists may be anything.
   */
  private List<Object> kept(Object... arguments) {
    List<Object> kept = new ArrayList<>(List.of(arguments));
    List<Object> lists = new ArrayList<>();
    String variable = text.variable("lists");
    for (int i = 0; i < kept.size(); i++) {
      if (kept.get(i) instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof Expr) {
        kept.set(i, new Verbatim(variable + "[" + lists.size() + "]"));
        lists.add(list);
      }
    }
    if (!lists.isEmpty()) {
      String all = "annotate(List[List[Tensor]], " + ProgramText.argument(lists) + ")";
      statement("lists", variable + " = " + all, tensors(lists));
    }
    return kept;
  }

  /** A scalar constant. */
  public Expr constant(double value, DType dtype) {
    return call("full", dtype, Shape.of(), List.<Dim>of(), value, Keyword.of("dtype", dtype));
  }

  Expr trainable(Expr x) {
    Expr leaf = leaf(x);
    tape.addTrainable(leaf);
    return leaf;
  }

  /** A value that a gradient graph begins with. */
  private Expr leaf(Expr x) {
    String name = x.toString().replaceFirst("^v[0-9]+_", "");
    Expr leaf = new Expr(this, text.variable(name), x.dtype(), x.shape());
    statement("detach", leaf + " = torch.detach(" + x + ")", List.of(x));
    statement("requires_grad_", "torch.requires_grad_(" + leaf + ", True)", List.of(leaf));
    count.ifPresent(c -> c.leaf(leaf, x));
    return leaf;
  }

  /** Replaces values that come from before the last checkpointed segment by leaves. */
  private Object local(Object argument) {
    if (argument instanceof Expr e) {
      if (!tape.foreign(e)) {
        return e;
      }
      Optional<Expr> known = tape.leaf(e);
      if (known.isPresent()) {
        return known.get();
      }
      Expr leaf = leaf(e);
      tape.addLeaf(e, leaf);
      return leaf;
    }
    if (argument instanceof Keyword k && !k.equals(Keyword.NONE)) {
      return new Keyword(k.name(), local(k.value()));
    }
    return argument instanceof Collection<?> list
        ? list.stream().map(this::local).toList()
        : argument;
  }

  private static List<Expr> tensors(Collection<?> arguments) {
    List<Expr> found = new ArrayList<>();
    for (Object argument : arguments) {
      if (argument instanceof Expr e) {
        found.add(e);
      } else if (argument instanceof Keyword k && !k.equals(Keyword.NONE)) {
        found.addAll(tensors(List.of(k.value())));
      } else if (argument instanceof Collection<?> list) {
        found.addAll(tensors(list));
      }
    }
    return found;
  }

  /**
   * Stages a checkpointed segment: its inner values are not kept for the gradient but computed a
   * second time, which trades time for memory (Chen et al. 2016). The gradient is the same to the
   * last bit.
   *
   * <p>{@code body} is staged again when the gradient is, so it must stage the same both times, and
   * may neither draw unseeded random numbers nor change a tensor in place. Values from outside may
   * be used freely; values made within leave as results. A segment within another is a part of it.
   * In a program without gradients this is the body alone.
   */
  public List<Expr> checkpoint(Supplier<List<Expr>> body) {
    if (insideSegment) {
      return body.get();
    }
    Supplier<List<Expr>> segment = () -> inside(body);
    return piece(new Tape.Segment(segment), segment);
  }

  /**
   * Lets a part of the program end here and another begin, such as a block of a transformer. Within
   * a {@linkplain Program#hold(Scope, Function, long) memory} parts are native calls of their own;
   * otherwise, and in a checkpointed segment, a border has no effect.
   */
  public void border() {
    if (!insideSegment && !tape.unrecorded()) {
      text.border();
    }
  }

  /**
   * From here on keeps less for the gradient where that costs little time: {@link #recompute}
   * segments are computed a second time, and inputs of later products with frozen weights are not
   * kept. The gradient is the same to the last bit.
   */
  public void lowMemory() {
    sparing = true;
  }

  /**
   * From here on computes each row of a two-dimensional {@linkplain RowProducts product} of a
   * linear layer alone, so that its bits do not depend on how many others there are. Each row reads
   * the weight again, which costs little for layers that see one vector of a sample.
   */
  public void rowsAlone() {
    rowsAlone = true;
  }

  /** Returns true if products of {@code x} are to be computed row by row. */
  boolean rowsAlone(Expr x) {
    return rowsAlone && x.shape().rank() == 2;
  }

  /**
   * Stages operators that cost little compared with the products around them, such as a norm and an
   * activation. Where the graph {@linkplain #lowMemory spares memory} it is {@linkplain #checkpoint
   * checkpointed}, on the terms of that method; else it is {@code body} alone.
   */
  public Expr recompute(Supplier<Expr> body) {
    return sparing ? checkpoint(() -> List.of(body.get())).get(0) : body.get();
  }

  /**
   * Stages a frozen value that is used soon after and not kept for the gradient of a product with
   * it: {@code body} is staged again where that gradient needs it. The gradient is the same but for
   * the order of its sums. In a checkpointed segment, and by other operators than products, it is
   * kept as any value.
   *
   * @param body stages the same each time, of values that are not trained
   */
  public Expr transientValue(Supplier<Expr> body) {
    Expr value = body.get();
    tape.addTransient(value, body);
    return value;
  }

  /** Stages a piece without a gradient graph. */
  private List<Expr> piece(Tape.Kind kind, Supplier<List<Expr>> stage) {
    int begin = text.length();
    tape.begin(kind);
    List<Expr> outputs = stage.get();
    tape.handOn(outputs);
    tape.begin(new Tape.Recorded());
    if (outputs.stream().anyMatch(e -> tape.value(e).differentiable())) {
      text.insert(begin, "torch.set_grad_enabled(False)", origin("set_grad_enabled", List.of()));
      statement("set_grad_enabled", "torch.set_grad_enabled(True)", List.of());
    }
    return outputs;
  }

  /** Stages a part of a program that no piece begins in. */
  List<Expr> inside(Supplier<List<Expr>> body) {
    insideSegment = true;
    try {
      return body.get();
    } finally {
      insideSegment = false;
    }
  }

  /**
   * Gradients of a scalar with respect to {@code parameters}, each of which must {@linkplain
   * Expr#trainable require them} and take part in the scalar. To be staged once per program.
   *
   * @throws TensorException if the scalar does not depend on one of them
   */
  public List<Expr> gradients(Expr scalar, List<Expr> parameters) {
    count.ifPresent(CostCount::backward);
    return new Backpropagation(this, tape).run(scalar, parameters);
  }

  /** Returns true if a gradient may be formed of what {@code x} is part of from here on. */
  boolean recorded(Expr x) {
    return !insideSegment && tape.value(x).differentiable();
  }

  /** Record of what depends on trainable values. */
  Tape tape() {
    return tape;
  }

  /** Stages the engine's gradient of the values that {@code arguments} name. */
  List<Expr> autograd(List<Object> arguments, List<Expr> inputs) {
    String variable = text.variable("gradients");
    String call = variable + " = torch.autograd.grad" + ProgramText.arguments(arguments);
    statement("autograd.grad", call, List.of());
    List<Expr> gradients = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      Expr input = inputs.get(i);
      Expr gradient = new Expr(this, text.variable("gradient"), input.dtype(), input.shape());
      String element = gradient + " = unchecked_cast(Tensor, " + variable + "[" + i + "])";
      statement("autograd.grad", element, List.of());
      gradients.add(gradient);
    }
    return gradients;
  }

  Dim size(Expr x, int dimension) {
    String variable = text.variable("size");
    statement("size", variable + " = torch.size(" + x + ", " + dimension + ")", List.of(x));
    return new Dim(variable, Shape.UNKNOWN);
  }

  /** Compiles a program that does not record gradients. */
  public Program inference(Scope scope, List<Expr> outputs) {
    return Program.compile(scope, this, outputs, Backend.Mode.INFERENCE);
  }

  /** Compiles a program whose results may be changed in place or trained with. */
  Program plain(Scope scope, List<Expr> outputs) {
    return Program.compile(scope, this, outputs, Backend.Mode.PLAIN);
  }

  /** Compiles a program in which {@link #gradients} were staged. */
  public Program training(Scope scope, List<Expr> outputs) {
    return Program.compile(scope, this, outputs, Backend.Mode.GRADIENTS);
  }

  /** The program's text in TorchScript, for a device. Equal stagings give equal text. */
  public String source(List<Expr> outputs, Device device) {
    return text.source(outputs, device, PackingPlan.PLAIN);
  }

  /**
   * Packing plan for the program's weights.
   *
   * @param packing packing of the weights of layers of a kind
   */
  PackingPlan packing(List<Expr> outputs, Function<LayerKind, Packing> packing) {
    return weights.plan(outputs, packing);
  }

  /** The program's text as far as it was staged. */
  ProgramText text() {
    return text;
  }

  private void statement(String operator, String statement, List<Expr> arguments) {
    weights.used(arguments);
    text.add(statement, origin(operator, arguments));
  }

  private Origin origin(String operator, List<Expr> arguments) {
    String types =
        arguments.stream().map(e -> e.dtype() + " " + e.shape()).collect(Collectors.joining(", "));
    return new Origin(operator, layer(), CallSite.outside(), types);
  }
}
