package dev.lora4j.core.tensor;

/**
 * Tensors gathered once for the {@linkplain Graph#held held inputs} of a program, for any number of
 * runs and from any thread.
 *
 * <p>Keeps their native memory alive until it is closed, also when the tensors themselves are
 * closed before. Sees changes made in place. Closing waits for runs in progress.
 */
public final class Held implements AutoCloseable {
  private final Scope scope;
  private final Program program;
  private final Backend.Handle list;
  private final InUse use = new InUse();

  Held(Scope scope, Program program, Backend.Handle list) {
    this.scope = scope;
    this.program = program;
    this.list = list;
    scope.own(this);
  }

  /**
   * The list, for a run of {@code runner} that ends with {@link #leave}.
   *
   * @throws TensorException if this is closed, or was gathered for another program
   */
  Backend.Handle enter(Program runner) {
    if (runner != program) {
      throw new TensorException("These held inputs were gathered for another program.");
    }
    use.enter("The list of held inputs");
    return list;
  }

  void leave() {
    use.leave();
  }

  @Override
  public void close() {
    if (use.close()) {
      scope.disown(this);
      scope.engine().backend().free(list);
    }
  }
}
