package dev.lora4j.core.format.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.config.PeftFields.Meaning;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every field of PEFT's configurations has a row, and does what its row says. */
class PeftFieldsTest {
  private static final JsonObject GOLDEN = golden();

  /** What older versions and other tools write. */
  private static final Set<String> OTHERS =
      Set.of(
          "enable_lora",
          "merge_weights",
          "lorap_lr_ratio",
          "lorap_emb_lr",
          "lora_dtype",
          "use_mora",
          "mora_type",
          "lora_nums",
          "blc_alpha",
          "blc_weight");

  /** Of the rows for all types, those that some types have not got. */
  private static final Set<String> COMMON =
      Set.of(
          "bias",
          "exclude_modules",
          "fan_in_fan_out",
          "layers_pattern",
          "layers_to_transform",
          "runtime_config");

  @TempDir Path folder;

  private static JsonObject golden() {
    try (InputStream in =
        PeftFieldsTest.class.getResourceAsStream(
            "/dev/lora4j/core/format/config/peft-fields.json")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return JsonParser.parseString(text).getAsJsonObject().getAsJsonObject("types");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  static Stream<String> types() {
    return GOLDEN.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("types")
  void everyFieldOfPeftHasARow(String type) {
    Set<String> rows = new TreeSet<>(PeftFields.of(type).keySet());
    Set<String> fields = new TreeSet<>(GOLDEN.getAsJsonObject(type).keySet());
    Set<String> without = new TreeSet<>(fields);
    without.removeAll(rows);
    assertEquals(Set.of(), without, "fields of PEFT without a row");
    rows.removeAll(fields);
    rows.removeAll(OTHERS);
    rows.removeAll(COMMON);
    assertEquals(Set.of(), rows, "rows that PEFT has no field for");
  }

  private AdapterConfig read(JsonObject fields) {
    try {
      Path file = folder.resolve("adapter_config.json");
      Files.writeString(file, fields.toString());
      return AdapterConfig.read(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static JsonObject of(String type) {
    JsonObject fields = new JsonObject();
    fields.addProperty("peft_type", type);
    return fields;
  }

  @ParameterizedTest
  @MethodSource("types")
  void defaultPeftConfigurationIsReadWithoutWarning(String type) {
    JsonObject fields = GOLDEN.getAsJsonObject(type).deepCopy();
    fields.addProperty("peft_type", type);
    AdapterConfig config = read(fields);
    assertEquals(List.of(), config.unknown());
    assertEquals(List.of(), config.warnings());
  }

  @ParameterizedTest
  @MethodSource("types")
  void refusedFieldsAreNamedWithTheirValue(String type) {
    int refused = 0;
    for (String name : PeftFields.of(type).keySet()) {
      if (PeftFields.of(type, name).orElseThrow().meaning() == Meaning.REFUSED) {
        JsonObject fields = of(type);
        fields.add(name, JsonParser.parseString("{\"a\": 1}"));
        String text =
            String.valueOf(assertThrows(AdapterException.class, () -> read(fields)).getMessage());
        assertTrue(text.contains(name + " {\"a\":1}"), text);
        refused++;
      }
    }
    boolean some = Set.of("LORA", "ADALORA").contains(type);
    assertEquals(some, refused > 0, type + ": " + refused);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {"3", "0", "\"x\"", "true", "[1]", "{\"a\": 2}"})
  void aFieldThatIsNotKnownIsNamed(String value) {
    JsonElement element = JsonParser.parseString(value);
    JsonObject fields = of("LOHA");
    fields.add("lora_alpha", element);
    List<String> unknown = read(fields).unknown();
    assertEquals(1, unknown.size());
    assertTrue(unknown.get(0).contains("lora_alpha " + element), unknown.get(0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {"null", "false", "[]", "{}", "\"\""})
  void aFieldThatIsEmptyIsNothing(String value) {
    JsonObject fields = of("LORA");
    fields.add("of_tomorrow", JsonParser.parseString(value));
    assertEquals(List.of(), read(fields).unknown());
  }

  @ParameterizedTest
  @CsvSource({"LOKR, r, 0", "LOKR, r, -4", "LOHA, r, 2.5", "LOHA, r, 1e9999", "LOKR, r, 1e12"})
  void rankOtherThanPositiveIntegerIsRefused(String type, String field, String value) {
    JsonObject fields = of(type);
    fields.add(field, JsonParser.parseString(value));
    AdapterConfig config = read(fields);
    AdapterException e =
        assertThrows(AdapterException.class, () -> config.settings("base_model.model.q"));
    assertTrue(String.valueOf(e.getMessage()).contains("a rank is a whole number"));
  }

  @ParameterizedTest
  @CsvSource({"0", "-1", "0.5"})
  void adaloraInitialRankMustBePositiveInteger(String value) {
    JsonObject fields = of("ADALORA");
    fields.add("init_r", JsonParser.parseString(value));
    AdapterConfig config = read(fields);
    assertThrows(AdapterException.class, () -> config.settings("base_model.model.q"));
  }

  @ParameterizedTest
  @CsvSource({"(a+)+b", "(a|a)*b", "(.*.*)*.*b"})
  void aPatternWithoutEndIsAnError(String pattern) {
    JsonObject fields = of("LORA");
    JsonObject patterns = new JsonObject();
    patterns.addProperty(pattern, 3);
    fields.add("alpha_pattern", patterns);
    AdapterConfig config = read(fields);
    String path = "base_model.model." + "a".repeat(5000);
    AdapterException e =
        Assertions.assertTimeoutPreemptively(
            Duration.ofSeconds(20),
            () -> assertThrows(AdapterException.class, () -> config.settings(path)));
    assertTrue(String.valueOf(e.getMessage()).contains(pattern), e.getMessage());
  }

  @Test
  void unknownPeftTypeHasNoRows() {
    assertTrue(PeftFields.of("FOURIERFT").isEmpty());
  }
}
