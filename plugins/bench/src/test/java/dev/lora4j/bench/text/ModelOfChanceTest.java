package dev.lora4j.bench.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelOfChanceTest {
  /** The numbers that the published models have. */
  @ParameterizedTest
  @CsvSource({"SMOLLM2, 134515008", "GEMMA3, 268098176", "MINILM, 22713216", "WHISPER, 37760256"})
  void sizesAreThoseOfPublishedModels(ModelOfChance model, long numbers) throws IOException {
    assertEquals(numbers, model.parameters().stream().mapToLong(p -> p.shape().elements()).sum());
  }
}
