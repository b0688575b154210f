package dev.lora4j.server.lorax;

import com.google.gson.JsonElement;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import java.util.Collections;
import java.util.List;

/**
 * The field {@code merged_adapters}: which adapters are made one, and how.
 *
 * @param names of the adapters, in the order that counts
 * @param weights one for each
 * @param mixer request of the mixer that makes them one
 */
record MergeRequest(List<String> names, List<Double> weights, String mixer) {
  private static final int MOST = 32;

  /** Copies the lists. */
  MergeRequest {
    names = List.copyOf(names);
    weights = List.copyOf(weights);
  }

  /**
   * Reads it.
   *
   * @throws FieldException if a field has a value that cannot be used
   */
  static MergeRequest of(JsonFields fields) {
    List<String> names =
        fields
            .list("ids", MergeRequest::id)
            .orElseThrow(() -> fields.missing("ids", "a list of adapters"));
    if (names.isEmpty() || names.size() > MOST) {
      throw problem(fields, "ids", "must name 1 to " + MOST + " adapters");
    }
    List<Double> weights = fields.list("weights", JsonFields::number).orElse(List.of());
    if (weights.isEmpty()) {
      weights = Collections.nCopies(names.size(), 1.0);
    }
    if (weights.size() != names.size()) {
      throw problem(
          fields,
          "weights",
          "must be as many as ids: there are "
              + weights.size()
              + " weights and "
              + names.size()
              + " ids");
    }
    return new MergeRequest(names, weights, mixer(fields));
  }

  private static String mixer(JsonFields fields) {
    String name = fields.text("merge_strategy").orElse("linear");
    MergeStrategy strategy =
        MergeStrategy.named(name)
            .orElseThrow(
                () ->
                    problem(
                        fields,
                        "merge_strategy",
                        "must be one of " + MergeStrategy.names() + "; found \"" + name + "\""));
    String sign = fields.text("majority_sign_method").orElse("total");
    if (!List.of("total", "frequency").contains(sign)) {
      throw problem(
          fields,
          "majority_sign_method",
          "must be one of total, frequency; found \"" + sign + "\"");
    }
    double density = fields.number("density", 0, 1).orElse(0);
    if (strategy.sparse() && density == 0) {
      throw problem(fields, "density", "must be above 0 and at most 1 for the strategy " + name);
    }
    return strategy.mixer(density, sign.equals("frequency"));
  }

  private static String id(String path, JsonElement value) {
    String id = JsonFields.text(path, value);
    if (id.isBlank()) {
      throw new FieldException(path, path + " must not be blank.");
    }
    return id;
  }

  private static FieldException problem(JsonFields fields, String field, String what) {
    String path = fields.path(field);
    return new FieldException(path, path + " " + what + ".");
  }

  /** Returns true if it is one adapter, which LoRAX takes as it is, whatever its weight. */
  boolean single() {
    return names.size() == 1;
  }
}
