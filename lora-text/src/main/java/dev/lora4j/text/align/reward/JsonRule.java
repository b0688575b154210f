package dev.lora4j.text.align.reward;

import com.google.gson.JsonElement;

/** Requirement of a JSON value. */
@FunctionalInterface
interface JsonRule {
  /** Returns true if the value meets it. */
  boolean holds(JsonElement value);
}
