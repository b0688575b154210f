package dev.lora4j.core.nn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** Layout of weights in a flat buffer, one after another. */
public final class FlatLayout {
  /** A weight, of known shape, and where it begins in the buffer, in elements. */
  public record Slot(Parameter parameter, long offset) {}

  private final Map<String, Slot> slots = new LinkedHashMap<>();
  private final long length;

  private FlatLayout(List<Parameter> parameters) {
    long end = 0;
    for (Parameter parameter : parameters) {
      slots.put(parameter.name(), new Slot(parameter, end));
      end = Math.addExact(end, parameter.shape().elements());
    }
    length = end;
  }

  /** The layout of weights whose shapes are known. */
  public static FlatLayout of(List<Parameter> parameters) {
    return new FlatLayout(parameters);
  }

  /**
   * The layout of weights with unknown sizes.
   *
   * @param size what each unknown size of a weight is
   */
  public static FlatLayout of(List<Parameter> parameters, ToLongFunction<Parameter> size) {
    List<Parameter> known = new ArrayList<>();
    for (Parameter p : parameters) {
      known.add(
          p.shape().known()
              ? p
              : new Parameter(p.name(), p.shape().filled(size.applyAsLong(p)), p.init()));
    }
    return new FlatLayout(known);
  }

  /** Slots of all weights, in the order of the buffer. */
  public List<Slot> slots() {
    return List.copyOf(slots.values());
  }

  /** The weight called {@code name}, if it is one of these. */
  public Optional<Slot> slot(String name) {
    return Optional.ofNullable(slots.get(name));
  }

  /** Elements that the buffer must have. */
  public long length() {
    return length;
  }
}
