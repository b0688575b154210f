package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Contracts that are run with sound implementations and with such as break one promise. */
public interface BrokenPromises {
  /** The contracts, each with the names of the tests that have to fail. */
  Map<Class<?>, Set<String>> contracts();

  /** A broken promise is found by its test and by no other. */
  @TestFactory
  default Stream<DynamicTest> brokenPromiseFailsItsTestOnly() {
    return contracts().entrySet().stream()
        .map(
            contract ->
                DynamicTest.dynamicTest(
                    contract.getKey().getSimpleName(),
                    () -> {
                      ContractRun run = ContractRun.of(contract.getKey());
                      assertEquals(contract.getValue(), run.failed());
                      assertFalse(run.passed().isEmpty());
                    }));
  }
}
