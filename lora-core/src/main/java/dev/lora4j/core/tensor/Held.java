package dev.lora4j.core.tensor;

import java.util.List;

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
  private final List<MappedFile> files;
  private final InUse use = new InUse();

  /**
   * Of a program.
   *
   * @param files what tensors of the list are views of
   */
  Held(Scope scope, Program program, Backend.Handle list, List<MappedFile> files) {
    this.files = List.copyOf(files);
    this.scope = scope;
    this.program = program;
    this.list = list;
    scope.own(this);
  }

  /**
   * The list, for a run of {@code runner} that ends with {@link #leave}.
   *
   * @throws TensorException if this is closed, was gathered for another program, or holds views of
   *     a file that was changed
   */
  Backend.Handle enter(Program runner) {
    if (runner != program) {
      throw new TensorException("These held inputs were gathered for another program.");
    }
    files.forEach(MappedFile::require);
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
