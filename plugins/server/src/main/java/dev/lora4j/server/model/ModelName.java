package dev.lora4j.server.model;

import dev.lora4j.core.mix.Weight;
import java.util.ArrayList;
import java.util.List;

/**
 * The field {@code model} of a request: a base, an adapter, or several parts with weights, as in
 * {@code emoji-sd+ink:0.7+glow}. What is a base and what an adapter is decided where it is looked
 * up, as both are names.
 *
 * @param parts names with their weights, in order; none for the first base
 */
public record ModelName(List<NamedAdapter> parts) {
  /** Copies the list. */
  public ModelName {
    parts = List.copyOf(parts);
  }

  /**
   * Parses a name. Names may have a {@code +} or {@code :} only where a folder of the library has
   * them too, so {@code known} is asked first.
   *
   * @throws IllegalArgumentException if a part has no name or its weight is none
   */
  public static ModelName parse(String text, Known known) {
    if (text.isBlank()) {
      return new ModelName(List.of());
    }
    if (known.has(text)) {
      return new ModelName(List.of(new NamedAdapter(text, Weight.of(1))));
    }
    List<NamedAdapter> parts = new ArrayList<>();
    for (String part : text.split("\\+", -1)) {
      parts.add(part(part.strip(), text, known));
    }
    return new ModelName(parts);
  }

  private static NamedAdapter part(String part, String text, Known known) {
    int colon = part.indexOf(':');
    if (colon < 0 || known.has(part)) {
      if (part.isEmpty()) {
        throw new IllegalArgumentException(
            "A part of the model '" + text + "' has no name; expected BASE+ADAPTER:WEIGHT.");
      }
      return new NamedAdapter(part, Weight.of(1));
    }
    try {
      return new NamedAdapter(part.substring(0, colon), Weight.parse(part.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("In the model '" + text + "', " + e.getMessage(), e);
    }
  }

  /** Names that there are. */
  @FunctionalInterface
  public interface Known {
    /** Returns true if a base or an adapter has exactly this name. */
    boolean has(String name);
  }
}
