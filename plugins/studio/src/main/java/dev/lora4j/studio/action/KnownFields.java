package dev.lora4j.studio.action;

import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import java.util.Set;
import java.util.TreeSet;

/** Refusal of fields that nobody would look at. */
public final class KnownFields {
  private KnownFields() {}

  /**
   * Refuses fields other than these.
   *
   * @throws FieldException if there is one
   */
  public static void require(JsonFields fields, Set<String> known) {
    for (String name : fields.object().keySet()) {
      if (!known.contains(name)) {
        throw new FieldException(
            fields.path(name),
            "There is no field '"
                + fields.path(name)
                + "' here; there are "
                + String.join(", ", new TreeSet<>(known))
                + ".");
      }
    }
  }
}
