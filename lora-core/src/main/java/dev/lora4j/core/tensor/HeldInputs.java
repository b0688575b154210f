package dev.lora4j.core.tensor;

import java.util.List;
import java.util.Optional;

/**
 * Tensors gathered once for the {@linkplain Graph#held held inputs} of a program, for any number of
 * runs and from any thread.
 *
 * <p>Keeps their native memory alive until it is closed, also when the tensors themselves are
 * closed before. Sees changes made in place. Closing waits for runs in progress.
 */
public final class HeldInputs implements AutoCloseable {
  private final Scope scope;
  private final Program program;
  private final List<Tensor> tensors;
  private final List<MappedFile> files;
  private final Optional<Backend.Handle> packed;
  private final Optional<StreamedInputs> streamed;
  private Optional<Backend.Handle> plain = Optional.empty();
  private final UseCount use = new UseCount();

  /** Gathers them, packed if the program takes them so and they can be. */
  HeldInputs(Scope scope, Program program, List<Tensor> tensors) {
    this.scope = scope;
    this.program = program;
    this.tensors = List.copyOf(tensors);
    this.files = program.files(tensors);
    this.streamed = Optional.empty();
    this.packed = program.packs() ? tryPacking() : Optional.empty();
    if (packed.isEmpty()) {
      plain();
    }
    program.held.incrementAndGet();
    scope.own(this);
  }

  /** Gathers those of one part of the program at a time, beside those that stay. */
  HeldInputs(Scope scope, Program program, List<Tensor> tensors, Residence residence) {
    this.scope = scope;
    this.program = program;
    this.tensors = List.copyOf(tensors);
    this.files = program.files(tensors);
    this.streamed = Optional.of(new StreamedInputs(program, this.tensors, residence));
    this.packed = Optional.empty();
    program.held.incrementAndGet();
    scope.own(this);
  }

  private Optional<Backend.Handle> tryPacking() {
    try {
      return Optional.of(program.list(tensors, true));
    } catch (Backend.NativeFailure e) {
      program.fallBack(e);
      return Optional.empty();
    }
  }

  /** The program that they were gathered for. */
  public Program program() {
    return program;
  }

  /**
   * Begins a run of {@code runner} that ends with {@link #leave}.
   *
   * @throws TensorException if this is closed, was gathered for another program, or holds views of
   *     a file that was changed
   */
  void enter(Program runner) {
    if (runner != program) {
      throw new TensorException("These held inputs were gathered for another program.");
    }
    files.forEach(MappedFile::require);
    use.enter("The list of held inputs");
  }

  void leave() {
    use.leave();
  }

  /** Inputs that are gathered for each part of the program; empty if all are gathered once. */
  Optional<StreamedInputs> streamed() {
    return streamed;
  }

  /** The list with packed weights; empty if they could not be packed. */
  Optional<Backend.Handle> packed() {
    return packed;
  }

  /**
   * The list with plain weights.
   *
   * @throws TensorException if there is none yet, and a tensor was closed meanwhile
   */
  synchronized Backend.Handle plain() {
    Backend.Handle list = plain.orElseGet(() -> program.list(tensors, false));
    plain = Optional.of(list);
    return list;
  }

  @Override
  public void close() {
    if (use.close()) {
      scope.disown(this);
      Backend backend = scope.engine().backend();
      packed.ifPresent(backend::free);
      plain.ifPresent(backend::free);
      streamed.ifPresent(StreamedInputs::close);
      program.held.decrementAndGet();
    }
  }
}
