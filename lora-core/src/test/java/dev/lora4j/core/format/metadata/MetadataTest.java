package dev.lora4j.core.format.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetadataTest {
  private static Metadata of(String key, String value) {
    return new Metadata(Map.of(key, value));
  }

  @Test
  void pythonSpellingsAreRead() {
    assertEquals(Optional.of(1e-4), of("ss_learning_rate", "1e-04").get(KohyaKeys.LEARNING_RATE));
    assertEquals(Optional.of(true), of("ss_v2", "True").get(KohyaKeys.V2));
    assertEquals(Optional.of(1500L), of("ss_steps", "1500").get(KohyaKeys.STEPS));
    assertEquals(Optional.of(1500L), of("ss_steps", "1500.0").get(KohyaKeys.STEPS));
    assertEquals(
        Optional.of(Map.of("algo", "lokr", "factor", "8", "train_norm", "true")),
        of("ss_network_args", "{\"algo\": \"lokr\", \"factor\": 8, \"train_norm\": true}")
            .get(KohyaKeys.NETWORK_ARGS));
  }

  @Test
  void valuesOfTheWrongTypeAreAbsent() {
    assertEquals(Optional.empty(), of("ss_learning_rate", "None").get(KohyaKeys.LEARNING_RATE));
    assertEquals(Optional.empty(), of("ss_learning_rate", "nan").get(KohyaKeys.LEARNING_RATE));
    assertEquals(Optional.empty(), of("ss_learning_rate", "NaN").get(KohyaKeys.LEARNING_RATE));
    assertEquals(Optional.empty(), of("ss_steps", "1.5").get(KohyaKeys.STEPS));
    assertEquals(Optional.empty(), of("ss_v2", "yes").get(KohyaKeys.V2));
    assertEquals(Optional.empty(), of("ss_network_args", "{broken").get(KohyaKeys.NETWORK_ARGS));
    assertEquals(Optional.empty(), of("ss_network_args", "[1]").get(KohyaKeys.NETWORK_ARGS));
    assertEquals(Optional.empty(), of("ss_output_name", "  ").get(KohyaKeys.OUTPUT_NAME));
    assertEquals(Optional.empty(), Metadata.EMPTY.get(KohyaKeys.OUTPUT_NAME));
  }

  @Test
  void writtenValuesReadBack() {
    Metadata metadata =
        Metadata.EMPTY
            .with(KohyaKeys.LEARNING_RATE, 5e-5)
            .with(KohyaKeys.V2, false)
            .with(KohyaKeys.SEED, 1L << 60)
            .with(KohyaKeys.NETWORK_ARGS, new TreeMap<>(Map.of("conv_dim", "4", "é\"", "ü")));
    assertEquals("5e-05", metadata.entries().get("ss_learning_rate"));
    assertEquals("False", metadata.entries().get("ss_v2"));
    assertEquals(Optional.of(5e-5), metadata.get(KohyaKeys.LEARNING_RATE));
    assertEquals(Optional.of(1L << 60), metadata.get(KohyaKeys.SEED));
    assertEquals(
        Optional.of(Map.of("conv_dim", "4", "é\"", "ü")), metadata.get(KohyaKeys.NETWORK_ARGS));
  }

  @ParameterizedTest
  @CsvSource({
    "16, 16.0",
    "0, 0.0",
    "0.5, 0.5",
    "0.0001, 0.0001",
    "0.00005, 5e-05",
    "1.5e-7, 1.5e-07",
    "1e16, 1e+16",
    "123456789012, 123456789012.0",
    "-2.5, -2.5",
    "1e100, 1e+100",
    "0.1, 0.1",
    "9.99e-5, 9.99e-05"
  })
  void numbersAreWrittenAsInPython(double value, String text) {
    assertEquals(text, PythonNumber.of(value));
  }

  @Test
  void entriesComeAndGo() {
    Metadata metadata =
        Metadata.EMPTY.with(KohyaKeys.OUTPUT_NAME, "a").with(ModelSpecKeys.TITLE, "t");
    assertEquals(metadata, metadata.withDefault(KohyaKeys.OUTPUT_NAME, "b"));
    assertEquals(Map.of("ss_output_name", "a"), metadata.only("ss_").entries());
    assertEquals(Map.of("ss_output_name", "a"), metadata.without(ModelSpecKeys.TITLE).entries());
    Metadata others = Metadata.EMPTY.with(ModelSpecKeys.TITLE, "u");
    assertEquals(Optional.of("u"), metadata.withAll(others).get(ModelSpecKeys.TITLE));
  }
}
