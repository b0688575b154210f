package dev.lora4j.server.lorax;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.text.generate.SamplingSettings;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Fields by which tokens are chosen. Without {@code do_sample} the likeliest one is, unless a
 * temperature other than 0 and 1, {@code top_k} or {@code top_p} ask for chance, as in LoRAX.
 *
 * @param seed of chance, without a sign
 * @param seeded true if the request has the seed
 */
record TokenChoiceFields(SamplingSettings sampling, long seed, boolean seeded) {
  private static final double MOST = 1e5;
  private static final long SEEDS = 1L << 32;
  private static final BigInteger LARGEST_SEED =
      BigInteger.TWO.pow(Long.SIZE).subtract(BigInteger.ONE);

  /**
   * Reads them.
   *
   * @throws dev.lora4j.server.json.FieldException if a field has a value that cannot be used
   */
  static TokenChoiceFields of(JsonFields parameters) {
    double temperature = parameters.number("temperature", 0, MOST).orElse(1);
    int topK = parameters.integer("top_k", 1, Integer.MAX_VALUE).orElse(0);
    double topP = parameters.number("top_p", Float.MIN_VALUE, 1).orElse(1);
    double penalty = parameters.number("repetition_penalty", Float.MIN_VALUE, MOST).orElse(1);
    boolean draws = parameters.flag("do_sample", false) || temperature != 1 || topK > 0 || topP < 1;
    SamplingSettings sampling =
        draws
            ? new SamplingSettings(penalty, temperature, topK, topP, 0)
            : SamplingSettings.GREEDY.penalty(penalty);
    boolean seeded = parameters.has("seed");
    long seed =
        parameters
            .any("seed")
            .map(value -> seed(parameters.path("seed"), value))
            .orElseGet(() -> ThreadLocalRandom.current().nextLong(SEEDS));
    return new TokenChoiceFields(sampling, seed, seeded);
  }

  private static long seed(String path, JsonElement value) {
    String expected = "a whole number from 0 to " + LARGEST_SEED;
    try {
      if (value instanceof JsonPrimitive one && one.isNumber()) {
        BigDecimal number = one.getAsBigDecimal();
        // A number of a billion digits would be written out to be looked at.
        if (Math.abs((long) number.precision() - number.scale()) <= Long.SIZE) {
          BigInteger whole = number.toBigIntegerExact();
          if (whole.signum() >= 0 && whole.compareTo(LARGEST_SEED) <= 0) {
            return whole.longValue();
          }
        }
      }
    } catch (ArithmeticException | NumberFormatException e) {
      throw JsonFields.wrong(path, expected, value);
    }
    throw JsonFields.wrong(path, expected, value);
  }

  /** Returns true if tokens are drawn by chance. */
  boolean draws() {
    return sampling.temperature() > 0;
  }
}
