package dev.lora4j.core.tensor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Held inputs of which those of one part of the program are in memory at a time, beside those of
 * the parts that stay. The others are read from their mapped file, packed where the program takes
 * them so, and given back when the part has run.
 */
final class StreamedInputs implements AutoCloseable {
  private final Program program;
  private final ProgramParts parts;
  private final List<Tensor> tensors;
  private final Residence residence;

  /** Tensors whose pages stay. */
  private final Set<Tensor> resident = new HashSet<>();

  /** Lists of the parts that stay. */
  private final Map<ProgramParts.Form, Backend.Handle> lists = new HashMap<>();

  /** Gathers none yet. */
  StreamedInputs(Program program, List<Tensor> tensors, Residence residence) {
    this.program = program;
    this.parts = program.parts();
    this.tensors = tensors;
    this.residence = residence;
    residence.kept().forEach(i -> resident.addAll(held(i)));
  }

  private List<Tensor> held(int part) {
    return parts.all().get(part).held().stream().map(tensors::get).toList();
  }

  /**
   * Runs the parts one after the other.
   *
   * @param inputs of the program
   * @return the program's results, to be released by the caller
   */
  synchronized List<Backend.Handle> run(List<Tensor> inputs, List<Backend.Handle> handles) {
    Map<String, Backend.Handle> values = new HashMap<>();
    List<Backend.Handle> results = List.of();
    try {
      for (int i = 0; i < parts.all().size(); i++) {
        readAhead(i + 1);
        results = run(i, inputs, taken(i, handles, values));
        ProgramPart part = parts.all().get(i);
        for (int j = 0; j < part.given().size(); j++) {
          values.put(part.given().get(j), results.get(j));
        }
        release(i, values);
      }
      return results;
    } finally {
      values.values().forEach(program.backend()::free);
    }
  }

  /* The disk reads the next block while the processor computes this one. What it has read lies in
   * the system's cache of files, which is not this program's memory and can be taken back. */
  private void readAhead(int part) {
    int next = part % parts.all().size();
    if (!residence.kept().contains(next)) {
      held(next).stream().filter(t -> !resident.contains(t)).forEach(Tensor::readAhead);
    }
  }

  private List<Backend.Handle> taken(
      int number, List<Backend.Handle> handles, Map<String, Backend.Handle> values) {
    ProgramPart part = parts.all().get(number);
    List<Backend.Handle> taken = new ArrayList<>(part.inputs().stream().map(handles::get).toList());
    part.taken().forEach(v -> taken.add(Objects.requireNonNull(values.get(v))));
    return taken;
  }

  private void release(int part, Map<String, Backend.Handle> values) {
    values
        .entrySet()
        .removeIf(
            value -> {
              boolean last = parts.last(value.getKey(), part);
              if (last) {
                program.backend().free(value.getValue());
              }
              return last;
            });
  }

  /* As in a whole program, plain operators say whose fault it is that packed weights fail. */
  private List<Backend.Handle> run(int part, List<Tensor> inputs, List<Backend.Handle> handles) {
    try {
      if (parts.plan(part).plain() || !program.packs()) {
        return run(part, false, handles);
      }
      try {
        return run(part, true, handles);
      } catch (Backend.NativeFailure e) {
        List<Backend.Handle> results = run(part, false, handles);
        program.fallBack(e);
        return results;
      }
    } catch (Backend.NativeFailure e) {
      throw parts.explain(part, inputs, e);
    }
  }

  private List<Backend.Handle> run(int part, boolean packed, List<Backend.Handle> inputs) {
    Backend.Handle module = parts.module(part, packed);
    List<Tensor> own = held(part);
    if (residence.kept().contains(part)) {
      Backend.Handle list =
          lists.computeIfAbsent(new ProgramParts.Form(part, packed), k -> list(k, own));
      return program.runModule(module, inputs, list);
    }
    Backend.Handle list = list(new ProgramParts.Form(part, packed), own);
    try {
      return program.runModule(module, inputs, list);
    } finally {
      program.backend().free(list);
      own.stream().filter(t -> !resident.contains(t)).forEach(Tensor::dropPages);
    }
  }

  /** Packs anew what is packed, as what a tensor keeps packed would stay. */
  private Backend.Handle list(ProgramParts.Form which, List<Tensor> own) {
    List<Backend.Handle> packed = new ArrayList<>();
    PackingPlan plan = which.packed() ? parts.plan(which.part()) : PackingPlan.PLAIN;
    try {
      return Tensor.using(
          own,
          handles ->
              program.list(
                  plan.handles(
                      handles,
                      (position, form) -> {
                        Backend.Handle made = own.get(position).packedAnew(form);
                        packed.add(made);
                        return made;
                      })));
    } finally {
      packed.forEach(program.backend()::free);
    }
  }

  @Override
  public synchronized void close() {
    lists.values().forEach(program.backend()::free);
    lists.clear();
    resident.stream().filter(t -> !t.closed()).forEach(Tensor::dropPages);
  }
}
