package dev.lora4j.bench.kernels;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * Running time of the kernels, from the trace that libtorch's profiler wrote.
 *
 * <p>The trace has an event for each operator that began and ended on the thread, with those it
 * called inside it. An event's self time is its duration without that of the events inside. The sum
 * over ATen's operators is the time in them; what is left of the wall time belongs to the caller:
 * the interpreter, the autograd engine, Java, and the profiler itself, whose own events are
 * neither.
 *
 * <p>A kernel is an operator that touches elements. Not counted are those that only make a view or
 * ask for memory, and those that only call others, as linear calls addmm: an operator that has a
 * kernel inside it is none, unless that one only fills or copies, as some do for a kernel's own
 * result.
 *
 * @param kernels sum of the self times of the kernels, in seconds
 * @param operators the same of all of ATen's operators
 * @param count how many kernels ran
 */
public record KernelTime(double kernels, double operators, int count) {
  /** Prefixes of operators' names: libtorch's own, and those of oneDNN on packed weights. */
  private static final List<String> OPERATORS = List.of("aten::", "mkldnn::");

  private static final Set<String> NO_KERNELS =
      Set.of(
          "alias",
          "as_strided",
          "chunk",
          "detach",
          "detach_",
          "empty",
          "empty_like",
          "empty_strided",
          "expand",
          "expand_as",
          "flatten",
          "narrow",
          "new_empty",
          "new_empty_strided",
          "permute",
          "requires_grad_",
          "reshape",
          "resize_",
          "resolve_conj",
          "resolve_neg",
          "select",
          "slice",
          "split",
          "squeeze",
          "squeeze_",
          "sum_to_size",
          "t",
          "transpose",
          "transpose_",
          "unbind",
          "unsqueeze",
          "unsqueeze_",
          "view",
          "view_as",
          "_reshape_alias",
          "_unsafe_view");

  private static final Set<String> PREPARING = Set.of("copy_", "fill_", "zero_", "zeros");

  /** An operator in the trace. */
  private static final class Event {
    private final String name;
    private final double begin;
    private final double end;
    private double self;
    private boolean hasKernel;

    Event(String name, double begin, double duration) {
      this.name = name;
      this.begin = begin;
      this.end = begin + duration;
      this.self = duration;
    }

    boolean operator() {
      return OPERATORS.stream().anyMatch(name::startsWith);
    }

    boolean kernel() {
      return operator() && !hasKernel && !NO_KERNELS.contains(plainName());
    }

    private String plainName() {
      return name.substring(name.lastIndexOf(':') + 1);
    }
  }

  /** Reads a trace in Chrome's format. */
  public static KernelTime of(Path trace) {
    try (Reader text = Files.newBufferedReader(trace)) {
      List<Event> events = new ArrayList<>();
      for (JsonElement element : JsonParser.parseReader(text).getAsJsonArray()) {
        JsonObject event = element.getAsJsonObject();
        events.add(
            new Event(
                event.get("name").getAsString(),
                event.get("ts").getAsDouble(),
                event.get("dur").getAsDouble()));
      }
      return of(events);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static KernelTime of(List<Event> events) {
    // Whoever contains others begins before them, or with them and ends after them.
    events.sort(
        Comparator.<Event>comparingDouble(e -> e.begin)
            .thenComparing(e -> e.end, Comparator.reverseOrder()));
    Deque<Event> open = new ArrayDeque<>();
    List<Event> ended = new ArrayList<>();
    for (Event event : events) {
      while (!open.isEmpty() && open.getLast().end <= event.begin) {
        end(open, ended);
      }
      if (!open.isEmpty()) {
        open.getLast().self -= event.end - event.begin;
      }
      open.addLast(event);
    }
    while (!open.isEmpty()) {
      end(open, ended);
    }
    double kernels = 0;
    double operators = 0;
    int count = 0;
    for (Event event : ended) {
      operators += event.operator() ? event.self : 0;
      kernels += event.kernel() ? event.self : 0;
      count += event.kernel() ? 1 : 0;
    }
    return new KernelTime(kernels / 1e6, operators / 1e6, count);
  }

  /** Ends the innermost, which those around it have then contained. */
  private static void end(Deque<Event> open, List<Event> ended) {
    Event last = open.removeLast();
    ended.add(last);
    boolean real = last.kernel() && !PREPARING.contains(last.plainName());
    if (!open.isEmpty() && (real || last.hasKernel)) {
      open.getLast().hasKernel = true;
    }
  }
}
