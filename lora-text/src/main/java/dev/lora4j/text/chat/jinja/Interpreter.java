package dev.lora4j.text.chat.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs the statements of a template. */
final class Interpreter {
  /** A template that does more than this does not end. */
  private static final int MOST_STATEMENTS = 10_000_000;

  /** Steps that a statement counts for. */
  private static final int STATEMENT = 20;

  /** The way on after a statement. */
  private enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  private StringBuilder out = new StringBuilder();
  private int done;

  String run(List<Statement> statements, Scope scope) {
    runAll(statements, scope);
    return out.toString();
  }

  private Flow runAll(List<Statement> statements, Scope scope) {
    for (Statement statement : statements) {
      Flow flow = run(statement, scope);
      if (flow != Flow.NEXT) {
        return flow;
      }
    }
    return Flow.NEXT;
  }

  private Flow run(Statement statement, Scope scope) {
    if (++done > MOST_STATEMENTS) {
      throw JinjaException.of("the template does not come to an end");
    }
    Budget.work(STATEMENT);
    if (statement instanceof Statement.Text text) {
      write(text.text());
    } else if (statement instanceof Statement.Output output) {
      onLine(
          output.line(),
          () -> {
            write(PythonText.of(Evaluator.value(output.value(), scope)));
            return out;
          });
    } else if (statement instanceof Statement.If choice) {
      return choose(choice, scope);
    } else if (statement instanceof Statement.For loop) {
      loop(loop, scope);
    } else if (statement instanceof Statement.Set set) {
      Object value = onLine(set.line(), () -> Evaluator.value(set.value(), scope));
      assign(set.names(), value, scope, set.line());
    } else if (statement instanceof Statement.SetMember set) {
      Object value = onLine(set.line(), () -> Evaluator.value(set.value(), scope));
      if (!(scope.get(set.namespace()) instanceof Namespace space)) {
        throw new JinjaException(set.line(), "cannot assign attribute on non-namespace object");
      }
      space.members().put(set.member(), value);
    } else if (statement instanceof Statement.SetText set) {
      scope.set(set.name(), inner(set.filters(), set.body(), scope, set.line()));
    } else if (statement instanceof Statement.Filtered filtered) {
      Object text = inner(filtered.filters(), filtered.body(), scope, filtered.line());
      write(PythonText.of(text));
    } else if (statement instanceof Statement.Macro macro) {
      Callable function = (places, names) -> call(macro, places, names, scope);
      scope.set(macro.name(), function);
    } else if (statement instanceof Statement.With with) {
      Scope inside = scope.inner();
      for (int i = 0; i < with.names().size(); i++) {
        Expression value = with.values().get(i);
        inside.set(with.names().get(i), onLine(with.line(), () -> Evaluator.value(value, scope)));
      }
      return runAll(with.body(), inside);
    } else {
      return statement instanceof Statement.Break ? Flow.BREAK : Flow.CONTINUE;
    }
    return Flow.NEXT;
  }

  private void write(String text) {
    Budget.grown(out.length(), text.length());
    out.append(text);
  }

  private Flow choose(Statement.If choice, Scope scope) {
    for (int i = 0; i < choice.bodies().size(); i++) {
      boolean otherwise = i == choice.conditions().size();
      int place = i;
      if (otherwise
          || onLine(
              choice.line(),
              () -> Values.truth(Evaluator.value(choice.conditions().get(place), scope)))) {
        return runAll(choice.bodies().get(i), scope);
      }
    }
    return Flow.NEXT;
  }

  private void loop(Statement.For loop, Scope scope) {
    List<Object> items = new ArrayList<>();
    Object values = onLine(loop.line(), () -> Evaluator.value(loop.values(), scope));
    for (Object item : onLine(loop.line(), () -> Values.items(values))) {
      Budget.work(STATEMENT);
      Scope judged = scope.inner();
      assign(loop.names(), item, judged, loop.line());
      boolean kept =
          loop.filter().isEmpty()
              || onLine(
                  loop.line(), () -> Values.truth(Evaluator.value(loop.filter().get(), judged)));
      if (kept) {
        items.add(item);
      }
    }
    if (items.isEmpty()) {
      runAll(loop.otherwise(), scope.inner());
    }
    for (int i = 0; i < items.size(); i++) {
      Budget.work(2L * STATEMENT);
      Scope inside = scope.inner();
      inside.set("loop", loopState(items, i));
      assign(loop.names(), items.get(i), inside, loop.line());
      if (runAll(loop.body(), inside) == Flow.BREAK) {
        return;
      }
    }
  }

  private static Namespace loopState(List<Object> items, int index) {
    Map<String, Object> state = new LinkedHashMap<>();
    int size = items.size();
    state.put("index", index + 1L);
    state.put("index0", (long) index);
    state.put("revindex", (long) size - index);
    state.put("revindex0", size - index - 1L);
    state.put("first", index == 0);
    state.put("last", index == size - 1);
    state.put("length", (long) size);
    if (index > 0) {
      state.put("previtem", items.get(index - 1));
    }
    if (index < size - 1) {
      state.put("nextitem", items.get(index + 1));
    }
    Callable cycle = (places, names) -> places.get(index % places.size());
    state.put("cycle", cycle);
    return new Namespace(state);
  }

  private static void assign(List<String> names, Object value, Scope scope, int line) {
    if (names.size() == 1) {
      scope.set(names.get(0), value);
      return;
    }
    List<Object> parts = onLine(line, () -> Values.items(value));
    if (parts.size() != names.size()) {
      throw new JinjaException(
          line, "%d names are given for %d values".formatted(names.size(), parts.size()));
    }
    for (int i = 0; i < names.size(); i++) {
      scope.set(names.get(i), parts.get(i));
    }
  }

  /** Output of statements through filters. */
  private Object inner(Expression filters, List<Statement> body, Scope scope, int line) {
    Scope inside = scope.inner();
    inside.set(Statement.INNER, written(body, scope.inner()));
    return onLine(line, () -> Evaluator.value(filters, inside));
  }

  private String written(List<Statement> body, Scope scope) {
    StringBuilder outside = out;
    out = new StringBuilder();
    try {
      runAll(body, scope);
      return out.toString();
    } finally {
      out = outside;
    }
  }

  private Object call(
      Statement.Macro macro, List<Object> places, Map<String, Object> names, Scope scope) {
    Scope inside = scope.inner();
    if (places.size() > macro.parameters().size()) {
      throw JinjaException.of(
          "macro '%s' takes not more than %d argument(s)"
              .formatted(macro.name(), macro.parameters().size()));
    }
    names.keySet().stream()
        .filter(name -> !macro.parameters().contains(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw JinjaException.of(
                  "macro '%s' takes no keyword argument '%s'".formatted(macro.name(), name));
            });
    for (int i = 0; i < macro.parameters().size(); i++) {
      String name = macro.parameters().get(i);
      Expression usual = macro.usual().get(name);
      Object value =
          i < places.size()
              ? places.get(i)
              : names.containsKey(name)
                  ? names.getOrDefault(name, Absent.NONE)
                  : usual != null
                      ? Evaluator.value(usual, inside)
                      : new Absent.Undefined("parameter '" + name + "' was not provided");
      inside.set(name, value);
    }
    Budget.sink();
    try {
      return written(macro.body(), inside);
    } finally {
      Budget.rise();
    }
  }

  /** Work on a line of the template. */
  private interface Work<T> {
    T run();
  }

  private static <T> T onLine(int line, Work<T> work) {
    try {
      return work.run();
    } catch (JinjaException e) {
      throw e.at(line);
    }
  }
}
