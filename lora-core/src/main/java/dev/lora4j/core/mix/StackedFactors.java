package dev.lora4j.core.mix;

import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Cache of the stacked factors of unmerged adapters, so that the same set, with other weights and
 * in other rows, takes no more than a look-up. The least recently used go when there is no room;
 * those in use, and the last ones, stay.
 *
 * <p>May be used from several threads.
 */
public final class StackedFactors implements AutoCloseable {
  /** Size of a base relative to the cache's limit. */
  private static final int SHARE = 4;

  private final Scope scope;
  private final MergedParameter patch;
  private final DType type;
  private final long room;
  private final Map<Object, Stack> stacks = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * Creates an empty cache.
   *
   * @param scope owner of the cached tensors
   * @param type of the factors, as in {@link UnmergedAdapters#UnmergedAdapters(java.util.Set,
   *     DType)}
   * @param room bytes of cached factors, those in use not counted
   */
  public StackedFactors(Scope scope, MergedParameter patch, DType type, long room) {
    this.scope = scope.child("stacked factors");
    this.patch = patch;
    this.type = type;
    this.room = room;
  }

  /** Creates an empty cache of at most a quarter of the size of a base's weights. */
  public static StackedFactors besides(
      WeightStore base, Scope scope, MergedParameter patch, DType type) {
    return new StackedFactors(scope, patch, type, base.bytes() / SHARE);
  }

  /** The factors of a batch, which stay until the result is closed. */
  public synchronized Use of(BatchMix mix) {
    Stack stack = stacks.computeIfAbsent(mix.stackKey(), key -> new Stack(mix));
    stack.users++;
    shrink(room);
    return new Use(this, stack);
  }

  /** Bytes of the cache. */
  public synchronized long bytes() {
    return stacks.values().stream().mapToLong(s -> s.bytes).sum();
  }

  /** Forgets all that is not in use. */
  public synchronized void clear() {
    stacks.values().removeIf(Stack::closed);
  }

  private void shrink(long most) {
    long kept = bytes();
    Iterator<Stack> all = stacks.values().iterator();
    while (kept > most && all.hasNext()) {
      Stack oldest = all.next();
      if (all.hasNext() && oldest.closed()) {
        kept -= oldest.bytes;
        all.remove();
      }
    }
  }

  private synchronized void leave(Stack stack) {
    stack.users--;
    // Mixes without factors are many, and quickly made.
    if (stack.bytes == 0) {
      stacks.values().removeIf(other -> other == stack && other.closed());
    }
    shrink(room);
  }

  @Override
  public void close() {
    scope.close();
  }

  /** Stacked factors of one set of adapters. */
  private final class Stack {
    private final Scope own = scope.child("stack");
    private final Map<String, Tensor> tensors;
    private final long bytes;
    private int users;

    Stack(BatchMix mix) {
      try {
        tensors = mix.factors(own, patch, type);
      } catch (RuntimeException | Error e) {
        own.close();
        throw e;
      }
      bytes = tensors.values().stream().mapToLong(t -> t.dtype().bytes(t.shape().elements())).sum();
    }

    /** Closes it unless it is in use; whether it did. */
    boolean closed() {
      if (users == 0) {
        own.close();
      }
      return users == 0;
    }
  }

  /** Factors in use. */
  public static final class Use implements AutoCloseable {
    private final StackedFactors owner;
    private final Stack stack;

    private Use(StackedFactors owner, Stack stack) {
      this.owner = owner;
      this.stack = stack;
    }

    /** Tensors by the names of a program's held inputs. */
    public Map<String, Tensor> tensors() {
      return stack.tensors;
    }

    @Override
    public void close() {
      owner.leave(stack);
    }
  }
}
