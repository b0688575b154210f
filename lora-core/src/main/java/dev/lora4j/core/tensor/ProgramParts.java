package dev.lora4j.core.tensor;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The compiled parts of a program, each compiled at its first use. */
final class ProgramParts implements AutoCloseable {
  /** A part with packed or with plain weights. */
  record Form(int part, boolean packed) {}

  private final Engine engine;
  private final Graph graph;
  private final List<Expr> outputs;
  private final List<ProgramPart> parts;
  private final List<PackingPlan> plans;
  private final Map<Form, Backend.Handle> modules = new HashMap<>();
  private final Map<String, Integer> lastUses = new HashMap<>();

  ProgramParts(Engine engine, Graph graph, List<Expr> outputs, PackingPlan plan) {
    this.engine = engine;
    this.graph = graph;
    this.outputs = outputs;
    parts = graph.text().parts(outputs);
    plans = parts.stream().map(part -> plan.of(part.held())).toList();
    for (int i = 0; i < parts.size(); i++) {
      for (String value : parts.get(i).taken()) {
        lastUses.put(value, i);
      }
    }
  }

  /** The parts in the order they run. */
  List<ProgramPart> all() {
    return parts;
  }

  /** Packing plan of a part. */
  PackingPlan plan(int part) {
    return plans.get(part);
  }

  /** Returns true if no part after this one takes a value. */
  boolean last(String value, int part) {
    return lastUses.getOrDefault(value, -1) <= part;
  }

  /** Code of a part, for packed or plain weights. */
  synchronized Backend.Handle module(int part, boolean packed) {
    PackingPlan plan = packed ? plans.get(part) : PackingPlan.PLAIN;
    return modules.computeIfAbsent(
        new Form(part, !plan.plain()),
        k -> engine.compile(graph.text().source(parts.get(part), outputs, engine.device(), plan)));
  }

  /** Error of a part that failed. */
  TensorException explain(int part, List<Tensor> tensors, Backend.NativeFailure failure) {
    return EngineErrors.explain(graph, parts.get(part), tensors, failure);
  }

  @Override
  public synchronized void close() {
    modules.values().forEach(engine.backend()::free);
    modules.clear();
  }
}
