package dev.lora4j.core.tensor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Stages the gradient of a scalar, piece by piece from the last to the first. */
final class Backpropagation {
  private final Graph graph;
  private final Tape tape;
  private final Map<Expr, Expr> gradients = new HashMap<>();

  Backpropagation(Graph graph, Tape tape) {
    this.graph = graph;
    this.tape = tape;
  }

  List<Expr> run(Expr scalar, List<Expr> parameters) {
    check(scalar);
    int last = tape.number();
    if (last == 0) {
      List<Expr> used = tape.sources(List.of(scalar), 0);
      parameters.forEach(p -> checkUsed(p, used.contains(p)));
      return autograd(List.of(scalar), parameters, Optional.empty());
    }
    gradients.put(scalar, graph.constant(1, scalar.dtype()));
    for (int piece = last; piece >= 0; piece--) {
      through(piece);
    }
    parameters.forEach(p -> checkUsed(p, gradients.containsKey(p)));
    return parameters.stream().map(p -> gradients.get(p)).toList();
  }

  private void check(Expr scalar) {
    if (scalar.shape().rank() != 0) {
      throw Mismatch.of("gradients", scalar, "a scalar", scalar.shape().toString());
    }
    if (!tape.value(scalar).differentiable()) {
      throw Mismatch.of(
          "gradients", scalar, "a scalar that depends on trainable values", "one that does not");
    }
  }

  private static void checkUsed(Expr parameter, boolean used) {
    if (!used) {
      throw Mismatch.of(
          "gradients",
          parameter,
          "trainable values that take part in the scalar",
          parameter + " " + parameter.shape() + ", which does not");
    }
  }

  /** Turns the gradients of a piece's outputs into those of its inputs. */
  private void through(int number) {
    Tape.Piece piece = tape.piece(number);
    List<Expr> made = made(number);
    if (made.isEmpty()) {
      return;
    }
    if (piece.kind() instanceof Tape.Single single) {
      through(single.operator(), made.get(0));
    } else if (piece.kind() instanceof Tape.Segment segment) {
      through(segment, piece.outputs(), made);
    } else {
      through(number, made, made);
    }
  }

  /** Stages the segment again, with a gradient graph, and goes through that. */
  private void through(Tape.Segment segment, List<Expr> outputs, List<Expr> made) {
    for (Expr e : made) {
      if (!outputs.contains(e)) {
        throw new TensorException(
            "A value "
                + e.shape()
                + " that was made inside a checkpointed segment is used outside of it; let the"
                + " segment return it.");
      }
    }
    tape.begin(new Tape.Recorded());
    graph.border();
    List<Expr> again = segment.body().get();
    List<Expr> replayed = made.stream().map(e -> again.get(outputs.indexOf(e))).toList();
    through(tape.number(), replayed, made);
    graph.border();
  }

  /*
   * The part of later pieces comes first in the sum, as in the engine's; their gradient of the
   * result is used up.
   */
  private void through(RecomputedOp operator, Expr result) {
    for (RecomputedOp.Part part : operator.gradients(graph, tape, gradients.remove(result))) {
      gradients.merge(part.input(), part.gradient(), Expr::add);
    }
  }

  /** The values of a piece that have a gradient, in the order they were made. */
  private List<Expr> made(int piece) {
    return tape.madeIn(piece).stream().filter(gradients::containsKey).toList();
  }

  /*
   * A source that has a gradient already, from later pieces, is named among the targets with that
   * gradient. The engine then begins its sum with it and adds this piece's parts in the order in
   * which they come, which is the very order of an uncut program: sums agree to the last bit.
   */
  private void through(int number, List<Expr> targets, List<Expr> originals) {
    List<Expr> sources = tape.sources(targets, number);
    if (sources.isEmpty()) {
      return;
    }
    List<Expr> outputs = new ArrayList<>(targets);
    List<Expr> begin = new ArrayList<>();
    originals.forEach(e -> begin.add(gradients.get(e)));
    for (Expr source : sources) {
      Expr known = gradients.get(origin(number, source));
      if (known != null) {
        outputs.add(source);
        begin.add(known);
      }
    }
    List<Expr> found = autograd(outputs, sources, Optional.of(begin));
    for (int i = 0; i < sources.size(); i++) {
      gradients.put(origin(number, sources.get(i)), found.get(i));
    }
  }

  private Expr origin(int piece, Expr source) {
    return tape.piece(piece).origin(source);
  }

  private List<Expr> autograd(List<Expr> outputs, List<Expr> inputs, Optional<List<Expr>> begin) {
    List<Object> arguments = new ArrayList<>(List.of(outputs, inputs));
    begin.ifPresent(
        b ->
            arguments.add(
                new ProgramText.Verbatim(
                    "annotate(List[Optional[Tensor]], " + ProgramText.argument(b) + ")")));
    return graph.autograd(arguments, inputs);
  }
}
