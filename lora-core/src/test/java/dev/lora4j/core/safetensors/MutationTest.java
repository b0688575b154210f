package dev.lora4j.core.safetensors;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A short search on every build, always through the same files. */
class MutationTest {
  private static final int FILES = 20_000;

  @Test
  void opensOrRefusesDamagedFiles() throws IOException {
    Mutants mutants = new Mutants(2024);
    int accepted = 0;
    for (int i = 0; i < FILES; i++) {
      accepted += FileContract.check(mutants.next()).isPresent() ? 1 : 0;
    }
    assertTrue(accepted > FILES / 100, "the search stays near sound files: " + accepted);
  }
}
