package dev.lora4j.server.a1111;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.lora4j.diffusion.request.FewSteps;

/**
 * Fields of sampling that a request leaves to their usual values.
 *
 * @param sampler true if it names none
 * @param steps true if it says no number
 * @param guidance true if it says no {@code cfg_scale}
 */
record UnsaidSampling(boolean sampler, boolean steps, boolean guidance) {
  private static final String SAMPLER = "sampler_name";
  private static final String STEPS = "steps";
  private static final String GUIDANCE = "cfg_scale";

  /** What a request leaves out, as it was sent. */
  static UnsaidSampling of(JsonObject sent) {
    return new UnsaidSampling(
        unsaid(sent, SAMPLER) && unsaid(sent, "sampler_index"),
        unsaid(sent, STEPS),
        unsaid(sent, GUIDANCE));
  }

  private static boolean unsaid(JsonObject sent, String field) {
    JsonElement value = sent.get(field);
    return value == null
        || value.isJsonNull()
        || (value.isJsonPrimitive() && value.getAsString().isEmpty());
  }

  /** Returns true if there is something left to an adapter for few steps. */
  boolean any() {
    return sampler || steps || guidance;
  }

  /** Writes into a request what it does not say. */
  void say(FewSteps use, JsonObject sent) {
    if (sampler) {
      sent.addProperty(SAMPLER, use.sampler());
    }
    if (steps) {
      sent.addProperty(STEPS, use.steps());
    }
    if (guidance) {
      sent.addProperty(GUIDANCE, use.guidance());
    }
  }
}
