package dev.lora4j.server.lorax;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import java.util.Locale;
import java.util.function.Predicate;

/** A field of LoRAX's {@code parameters}, and what becomes of it here. */
enum Parameter {
  ADAPTER_ID,
  ADAPTER_SOURCE,
  MERGED_ADAPTERS,
  API_TOKEN(Treatment.IGNORED),
  BEST_OF,
  TOP_K,
  RETURN_K_ALTERNATIVES,
  MAX_NEW_TOKENS,
  TRUNCATE,
  SEED,
  TEMPERATURE,
  REPETITION_PENALTY,
  FREQUENCY_PENALTY(
      Parameter::zero,
      "must be 0 here; repetition_penalty makes tokens that are there less likely"),
  PRESENCE_PENALTY(
      Parameter::zero,
      "must be 0 here; repetition_penalty makes tokens that are there less likely"),
  TOP_P,
  TYPICAL_P(Parameter::one, "must be left out here; top_p and top_k are there"),
  DO_SAMPLE,
  IGNORE_EOS_TOKEN(Parameter::off, "must be false here: a text ends where the model ends it"),
  WATERMARK(Parameter::off, "must be false here: texts get no watermark"),
  DETAILS,
  DECODER_INPUT_DETAILS(
      Parameter::off, "must be false here: log-probabilities are those of generated tokens"),
  APPLY_CHAT_TEMPLATE(
      Parameter::off, "must be false here; send conversations to /v1/chat/completions"),
  RETURN_FULL_TEXT,
  STOP,
  RESPONSE_FORMAT(Parameter::plain, "must be of the type text here");

  /** What becomes of a field. */
  enum Treatment {
    /** It has its effect. */
    HONOURED,
    /** A value that would make another answer is refused by name. */
    REFUSED,
    /** It changes no answer. */
    IGNORED
  }

  private final Treatment treatment;

  @SuppressWarnings("ImmutableEnumChecker") // methods of this class without state
  private final Predicate<JsonElement> harmless;

  private final String refusal;

  Parameter() {
    this(Treatment.HONOURED);
  }

  Parameter(Treatment treatment) {
    this.treatment = treatment;
    this.harmless = value -> true;
    this.refusal = "";
  }

  Parameter(Predicate<JsonElement> harmless, String refusal) {
    this.treatment = Treatment.REFUSED;
    this.harmless = harmless;
    this.refusal = refusal;
  }

  /** Its name in requests. */
  String field() {
    return name().toLowerCase(Locale.ROOT);
  }

  Treatment treatment() {
    return treatment;
  }

  /**
   * Checks that nothing is asked for that would silently not be done.
   *
   * @throws FieldException for the first field with such a value
   */
  static void require(JsonFields parameters) {
    for (Parameter one : values()) {
      if (parameters.any(one.field()).filter(value -> !one.harmless.test(value)).isPresent()) {
        String path = parameters.path(one.field());
        throw new FieldException(path, path + " " + one.refusal + ".");
      }
    }
  }

  private static boolean off(JsonElement value) {
    return value instanceof JsonPrimitive flag && flag.isBoolean() && !flag.getAsBoolean();
  }

  private static boolean zero(JsonElement value) {
    return value instanceof JsonPrimitive number && number.isNumber() && number.getAsDouble() == 0;
  }

  private static boolean one(JsonElement value) {
    return value instanceof JsonPrimitive number && number.isNumber() && number.getAsDouble() == 1;
  }

  private static boolean plain(JsonElement value) {
    return value instanceof JsonObject format
        && format.get("type") instanceof JsonPrimitive type
        && type.getAsString().equals("text");
  }
}
