package dev.lora4j.text.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.train.SeededNoise;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The choice of tokens against transformers' logits processors ({@code sampling.py}). */
class TokenSamplerTest {
  private static final int[] NONE = {};

  static List<JsonObject> cases() throws IOException {
    String json = Files.readString(Path.of("src/test/resources/sampling.json"));
    return JsonParser.parseString(json).getAsJsonArray().asList().stream()
        .map(JsonElement::getAsJsonObject)
        .toList();
  }

  private static float[] floats(JsonObject json, String name) {
    List<JsonElement> all = json.getAsJsonArray(name).asList();
    float[] floats = new float[all.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = all.get(i).getAsFloat();
    }
    return floats;
  }

  private static SamplingSettings settings(JsonObject json) {
    JsonObject s = json.getAsJsonObject("settings");
    SamplingSettings settings = SamplingSettings.at(s.get("temperature").getAsDouble());
    settings = s.has("penalty") ? settings.penalty(s.get("penalty").getAsDouble()) : settings;
    settings = s.has("top_k") ? settings.topK(s.get("top_k").getAsInt()) : settings;
    settings = s.has("top_p") ? settings.topP(s.get("top_p").getAsDouble()) : settings;
    return s.has("min_p") ? settings.minP(s.get("min_p").getAsDouble()) : settings;
  }

  private static int[] before(JsonObject json) {
    return json.getAsJsonArray("before").asList().stream()
        .mapToInt(JsonElement::getAsInt)
        .toArray();
  }

  /** Without sorting, the same token is found as by walking from the likeliest on. */
  @Test
  void wholeVocabularyIsDrawnFromAsInOrder() {
    for (int size : new int[] {1, 2, 31, 33, 1000, 49152}) {
      SeededNoise noise = SeededNoise.of(5, size);
      float[] logits = new float[size];
      noise.gaussians(logits, 0, size);
      for (int i = 0; i < size; i++) {
        logits[i] = i % 7 == 3 && size > 7 ? Float.NEGATIVE_INFINITY : 4 * logits[i];
      }
      logits[size / 2] = logits[0]; // equal ones come in the order of the vocabulary
      // As many of the likeliest as there are is no cut, but goes the other way.
      SamplingSettings sorted = SamplingSettings.at(0.8).topK(size);
      for (double chance :
          new double[] {0, 1e-9, 0.1, 0.25, 0.5, 0.7, 0.9, 0.999, Math.nextDown(1)}) {
        assertEquals(
            TokenSampler.of(logits.clone(), NONE, sorted, chance),
            TokenSampler.of(logits.clone(), NONE, SamplingSettings.at(0.8), chance),
            size + " at " + chance);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void probabilitiesAreThoseOfTransformers(JsonObject json) {
    float[] expected = floats(json, "probabilities");
    double[] found =
        TokenSampler.probabilities(floats(json, "logits"), before(json), settings(json));
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], found[i], 1e-6, "token " + i);
      assertEquals(expected[i] == 0, found[i] == 0, "token " + i);
    }
  }

  /** Over evenly spread chances each token is drawn as often as its probability says. */
  @ParameterizedTest
  @MethodSource("cases")
  void tokensAreDrawnByTheirProbability(JsonObject json) {
    int draws = 2000;
    int[] counts = new int[40];
    for (int i = 0; i < draws; i++) {
      double chance = (i + 0.5) / draws;
      counts[TokenSampler.of(floats(json, "logits"), before(json), settings(json), chance)]++;
    }
    float[] expected = floats(json, "probabilities");
    for (int token = 0; token < counts.length; token++) {
      assertEquals(expected[token], (double) counts[token] / draws, 1.0 / draws, "token " + token);
    }
  }

  @Test
  void theFirstOfEquallyLikelyTokensIsTaken() {
    float[] logits = {0, 2, 2, 1};
    assertEquals(1, TokenSampler.of(logits, NONE, SamplingSettings.GREEDY, 0));
  }

  /** Divided by so little, logits of both tokens above 0 would be infinite. */
  @ParameterizedTest
  @ValueSource(doubles = {1e-7, 1e-40, Double.MIN_VALUE})
  void nearZeroTemperatureDrawsTheLikeliestToken(double temperature) {
    float[] logits = {1, 2, -3};
    assertEquals(1, TokenSampler.of(logits, NONE, SamplingSettings.at(temperature), 0.999));
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void logitsThatAreNoNumbersAreAnError(float number) {
    for (double temperature : new double[] {0, 1}) {
      float[] logits = {1, number, 2};
      assertThrows(
          ArithmeticException.class,
          () -> TokenSampler.of(logits, NONE, SamplingSettings.at(temperature), 0.5));
    }
  }

  @Test
  void settingsOutOfRangeAreNamed() {
    assertEquals(
        "top_p is above 0 and at most 1, found 1.5",
        assertThrows(IllegalArgumentException.class, () -> SamplingSettings.at(1).topP(1.5))
            .getMessage());
    assertEquals(
        "temperature is from 0 to below 1e6, found 1.0E7",
        assertThrows(IllegalArgumentException.class, () -> SamplingSettings.at(1e7)).getMessage());
    assertThrows(IllegalArgumentException.class, () -> SamplingSettings.at(-1));
    assertThrows(IllegalArgumentException.class, () -> SamplingSettings.at(1).topK(-1));
    assertThrows(IllegalArgumentException.class, () -> SamplingSettings.at(1).minP(2));
    assertThrows(IllegalArgumentException.class, () -> SamplingSettings.at(1).penalty(0));
  }
}
