package dev.lora4j.text.pipeline;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Published models for the tests with the tag {@code real-models}. */
public final class RealModelFile {
  /** SmolLM2-135M-Instruct in Q4_1. */
  public static final String SMOLLM2 = "SmolLM2-135M-Instruct.Q4_1.gguf";

  private RealModelFile() {}

  /** A model by the name of its file, which {@code src/test/golden/real_models.py} fetches. */
  public static Path of(String name) {
    Path path = Path.of(System.getProperty("lora4j.real-models", ""), name);
    assertTrue(Files.exists(path), "run lora-text/src/test/golden/real_models.py first: " + path);
    return path;
  }
}
