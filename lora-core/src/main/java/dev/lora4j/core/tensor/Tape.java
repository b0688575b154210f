package dev.lora4j.core.tensor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Record of the values that depend on trainable ones, and of the pieces into which checkpointed
 * segments cut a program.
 *
 * <p>Each piece is a gradient graph of its own: a value that comes from an earlier piece is a leaf
 * there. The gradient of the whole is formed piece by piece from the last to the first; what a
 * piece gives for its leaves is what the earlier piece begins with.
 */
final class Tape {
  /** Operators whose results are always contiguous. */
  private static final Set<String> CONTIGUOUS = Set.of("linear", "layer_norm", "contiguous");

  /**
   * Record of a value.
   *
   * @param piece number of the piece it was made in
   * @param differentiable whether it depends on a trainable value
   * @param trainable whether it is one
   * @param parents the differentiable values of the same piece that it was made from
   */
  record Value(int piece, boolean differentiable, boolean trainable, List<Expr> parents) {}

  /** Role of a piece in the gradient. */
  sealed interface Kind permits Recorded, Segment, Single {}

  /** The engine records its gradient graph. */
  record Recorded() implements Kind {}

  /** A checkpointed segment without a gradient graph, which {@code body} stages. */
  record Segment(Supplier<List<Expr>> body) implements Kind {}

  /** One operator that the engine does not record. */
  record Single(RecomputedOp operator) implements Kind {}

  /** A stretch of the program with a gradient graph of its own, or with none. */
  static final class Piece {
    private final Kind kind;
    private final Map<Expr, Expr> leaves = new HashMap<>();
    private final Map<Expr, Expr> origins = new HashMap<>();
    private List<Expr> outputs = List.of();

    private Piece(Kind kind) {
      this.kind = kind;
    }

    /** Role of the piece in the gradient. */
    Kind kind() {
      return kind;
    }

    private boolean unrecorded() {
      return !(kind instanceof Recorded);
    }

    /** Outputs of an unrecorded piece to later pieces. */
    List<Expr> outputs() {
      return outputs;
    }

    /** The value of an earlier piece that {@code leaf} stands for; itself if it is trainable. */
    Expr origin(Expr leaf) {
      return origins.getOrDefault(leaf, leaf);
    }
  }

  private final List<Piece> pieces = new ArrayList<>(List.of(new Piece(new Recorded())));
  // In the order they were made. Values compare by identity.
  private final Map<Expr, Value> values = new LinkedHashMap<>();
  private final Set<Expr> reordered = new HashSet<>();
  private final Map<Expr, Supplier<Expr>> transients = new HashMap<>();
  private long repetitions = 1;

  /** The piece being staged. */
  Piece current() {
    return pieces.get(pieces.size() - 1);
  }

  /** Number of the piece being staged. */
  int number() {
    return pieces.size() - 1;
  }

  /** Says how often a run computes what is staged from now on. */
  void repeat(long times) {
    repetitions = times;
  }

  /** How often a run computes what is being staged. */
  long repetitions() {
    return repetitions;
  }

  /** Returns true if the piece being staged has no gradient graph. */
  boolean unrecorded() {
    return current().unrecorded();
  }

  /**
   * Returns true if the piece being staged is a checkpointed segment, which has no gradient graph.
   */
  boolean checkpointed() {
    return current().kind() instanceof Segment;
  }

  /** A piece by its number. */
  Piece piece(int number) {
    return pieces.get(number);
  }

  /** Ends the piece being staged and begins another. */
  void begin(Kind kind) {
    pieces.add(new Piece(kind));
  }

  /** Returns true if a differentiable value comes from an unrecorded piece. */
  boolean loose(Expr e) {
    Value v = value(e);
    return v.differentiable() && piece(v.piece()).unrecorded();
  }

  /** Returns true if a differentiable value is an unrecorded product. */
  boolean product(Expr e) {
    Value v = value(e);
    return v.differentiable()
        && piece(v.piece()).kind() instanceof Single single
        && single.operator().product();
  }

  /** Returns true if a reordering view may have made a value not contiguous. */
  boolean reordered(Expr e) {
    return reordered.contains(e);
  }

  /** Records the memory order of the results of an operator on {@code arguments}. */
  void addOrder(String operator, List<Expr> results, List<Expr> arguments) {
    boolean kept = !CONTIGUOUS.contains(operator) && arguments.stream().anyMatch(this::reordered);
    if (kept || OperatorCost.reorders(operator)) {
      reordered.addAll(results);
    }
  }

  /** Records a frozen value that {@code body} stages again where it is needed again. */
  void addTransient(Expr value, Supplier<Expr> body) {
    transients.put(value, body);
  }

  /** Returns true if there are values that are not kept. */
  boolean transients() {
    return !transients.isEmpty();
  }

  /** Returns true if a value is not kept. */
  boolean isTransient(Expr e) {
    return transients.containsKey(e);
  }

  /** A value for a gradient: staged again if it is not kept. */
  Expr again(Expr e) {
    Supplier<Expr> body = transients.get(e);
    return body == null ? e : body.get();
  }

  /** Records the outputs of the piece being staged, which is unrecorded. */
  void handOn(List<Expr> outputs) {
    current().outputs = List.copyOf(outputs);
  }

  Value value(Expr e) {
    Value known = values.get(e);
    return known == null ? new Value(0, false, false, List.of()) : known;
  }

  /** Returns true if a value has to become a leaf in the piece being staged. */
  boolean foreign(Expr e) {
    Value v = value(e);
    return v.differentiable() && !v.trainable() && v.piece() != number() && !unrecorded();
  }

  Optional<Expr> leaf(Expr e) {
    return Optional.ofNullable(current().leaves.get(e));
  }

  void addLeaf(Expr origin, Expr leaf) {
    current().leaves.put(origin, leaf);
    current().origins.put(leaf, origin);
    values.put(leaf, new Value(number(), true, false, List.of()));
  }

  void addTrainable(Expr leaf) {
    values.put(leaf, new Value(number(), true, true, List.of()));
  }

  /** Records a result of an operator on {@code arguments}. */
  void addResult(Expr result, List<Expr> arguments) {
    List<Expr> parents = arguments.stream().filter(a -> value(a).differentiable()).toList();
    if (!parents.isEmpty() && result.dtype().floating()) {
      values.put(result, new Value(number(), true, false, parents));
    }
  }

  /** The differentiable values of a piece, in the order they were made. */
  List<Expr> madeIn(int piece) {
    return values.entrySet().stream()
        .filter(v -> v.getValue().piece() == piece && !v.getValue().trainable())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Returns true if {@code value} depends on {@code trainable}, through any pieces. */
  boolean dependsOn(Expr value, Expr trainable) {
    Set<Expr> seen = new LinkedHashSet<>();
    List<Expr> open = new ArrayList<>(List.of(value));
    while (!open.isEmpty()) {
      Expr e = open.remove(open.size() - 1);
      if (seen.add(e)) {
        Expr origin = pieces.get(value(e).piece()).origin(e);
        if (origin == trainable) {
          return true;
        }
        open.addAll(origin == e ? value(e).parents() : List.of(origin));
      }
    }
    return false;
  }

  /** The leaves and trainable values that {@code targets} depend on within piece {@code piece}. */
  List<Expr> sources(List<Expr> targets, int piece) {
    Set<Expr> sources = new LinkedHashSet<>();
    Set<Expr> seen = new LinkedHashSet<>();
    List<Expr> open = new ArrayList<>(targets);
    while (!open.isEmpty()) {
      Expr e = open.remove(open.size() - 1);
      if (!seen.add(e)) {
        continue;
      }
      Value v = value(e);
      if (v.trainable() || pieces.get(piece).origins.containsKey(e)) {
        sources.add(e);
      } else {
        open.addAll(v.parents());
      }
    }
    return List.copyOf(sources);
  }
}
