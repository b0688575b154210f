package dev.lora4j.core.tensor;

import dev.lora4j.core.tensor.OperatorCost.Kept;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Cost of a program with known sizes, counted while its operators are staged.
 *
 * <p>Each piece of the tape keeps what its gradient needs. The pieces of the forward pass keep it
 * together; those that are staged again for the gradient come one after another.
 */
final class CostCount {
  private static final int FORWARD = -1;
  private static final int F32_BYTES = 4;

  private final Tape tape;
  private final Map<Expr, Expr> memory = new HashMap<>();
  private final Map<Expr, Integer> made = new HashMap<>();
  private final Set<Expr> reordered = new HashSet<>();
  private final Map<Integer, Set<Expr>> kept = new HashMap<>();
  private final Map<Integer, Long> copies = new HashMap<>();
  private int firstReplay = Integer.MAX_VALUE;
  private long flops;
  private long traffic;
  private long operators;
  private long working;

  CostCount(Tape tape) {
    this.tape = tape;
  }

  /** Starts the gradient: operators staged from now on belong to it. */
  void backward() {
    firstReplay = tape.number() + 1;
  }

  /** Records that {@code leaf} is {@code x} under another name. */
  void leaf(Expr leaf, Expr x) {
    memory.put(leaf, root(x));
    keep(x);
  }

  void count(String operator, List<Expr> tensors, List<Expr> results) {
    Expr result = results.get(0);
    results.forEach(e -> made.put(e, tape.number()));
    if (tensors.isEmpty()) {
      return;
    }
    requireKnown(operator, tensors, results);
    if (tape.checkpointed()) {
      tensors.forEach(this::fromBefore);
    }
    boolean recorded = !tape.unrecorded() && tape.value(result).differentiable();
    Expr first = tensors.get(0);
    if (OperatorCost.view(operator) && !copies(operator, first)) {
      results.forEach(e -> view(operator, e, first));
      return;
    }
    long moved = bytes(tensors) + bytes(results);
    working = Math.max(working, moved);
    long forward = OperatorCost.flops(operator, tensors, result);
    flops += tape.repetitions() * forward;
    traffic += tape.repetitions() * moved;
    operators += tape.repetitions();
    if (recorded) {
      long wanted = tensors.stream().limit(2).filter(this::differentiable).count();
      // The gradient of a product is a product for each factor; others read and write about twice.
      long again = forward == 0 ? 2 : wanted;
      flops += OperatorCost.back(operator, forward, wanted);
      traffic += again * moved;
      operators += again;
      keep(operator, tensors, results);
    }
  }

  private static void requireKnown(String operator, List<Expr> tensors, List<Expr> results) {
    for (List<Expr> all : List.of(tensors, results)) {
      for (Expr e : all) {
        if (!e.shape().known()) {
          throw new TensorException(
              "The cost of " + operator + " cannot be counted: " + e + " is " + e.shape() + ".");
        }
      }
    }
  }

  private boolean copies(String operator, Expr x) {
    return OperatorCost.reshapes(operator) && reordered.contains(x);
  }

  private void view(String operator, Expr result, Expr of) {
    memory.put(result, root(of));
    if (OperatorCost.reorders(operator) || reordered.contains(of)) {
      reordered.add(result);
    }
  }

  private void keep(String operator, List<Expr> tensors, List<Expr> results) {
    if (operator.equals(OperatorCost.ATTENTION)) {
      keepAttention(tensors, results.get(0));
      return;
    }
    Kept needs = OperatorCost.kept(operator);
    if (needs == Kept.FACTORS) {
      for (int i = 0; i < Math.min(2, tensors.size()); i++) {
        if (tensors.size() > 1 && differentiable(tensors.get(1 - i))) {
          keep(tensors.get(i));
        }
      }
      return;
    }
    if (needs == Kept.INPUTS || needs == Kept.ALL) {
      tensors.forEach(this::keep);
    }
    if (needs == Kept.RESULT || needs == Kept.ALL) {
      results.forEach(this::keep);
    }
  }

  /** Queries, keys, values and result, in F32 where it computes in that; and a sum for each row. */
  private void keepAttention(List<Expr> tensors, Expr result) {
    Shape queries = tensors.get(0).shape();
    long rows = queries.elements() / Math.max(1, queries.size(3));
    long copied = rows * F32_BYTES;
    List<Expr> all = List.of(tensors.get(0), tensors.get(1), tensors.get(2), result);
    if (result.dtype() == DType.BF16 && queries.size(2) < TrainedAttention.MANY) {
      copied += all.stream().mapToLong(e -> e.shape().elements() * F32_BYTES).sum();
    } else {
      all.forEach(this::keep);
    }
    copies.merge(place(tape.number()), copied, Long::sum);
  }

  /** Counts a value as kept if the program computed it; weights and inputs exist anyway. */
  private void keep(Expr e) {
    Expr root = root(e);
    if (made.containsKey(root)) {
      boolean forward = made.get(root) < firstReplay;
      int place = forward ? FORWARD : place(tape.number());
      kept.computeIfAbsent(place, p -> new HashSet<>()).add(root);
    }
  }

  /** Keeps the earlier values that a recomputed segment reads until the segment runs again. */
  private void fromBefore(Expr e) {
    Expr root = root(e);
    if (made.containsKey(root) && made.get(root) < tape.number()) {
      keep(e);
    }
  }

  private int place(int piece) {
    return piece < firstReplay ? FORWARD : piece;
  }

  private boolean differentiable(Expr e) {
    return tape.value(e).differentiable();
  }

  private Expr root(Expr e) {
    return memory.getOrDefault(e, e);
  }

  private long kept(int place) {
    return bytes(kept.getOrDefault(place, Set.of())) + copies.getOrDefault(place, 0L);
  }

  private static long bytes(Iterable<Expr> all) {
    long sum = 0;
    for (Expr e : all) {
      sum += e.shape().elements() * e.dtype().bits() / Byte.SIZE;
    }
    return sum;
  }

  Cost cost() {
    Set<Integer> replays = new HashSet<>(kept.keySet());
    replays.addAll(copies.keySet());
    replays.remove(FORWARD);
    long most = replays.stream().mapToLong(this::kept).max().orElse(0);
    return new Cost(flops, traffic, operators, kept(FORWARD) + most, working);
  }
}
