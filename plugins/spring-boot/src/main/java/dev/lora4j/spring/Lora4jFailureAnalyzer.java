package dev.lora4j.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says which property keeps an application from starting. */
final class Lora4jFailureAnalyzer extends AbstractFailureAnalyzer<Lora4jPropertyException> {
  @Override
  protected FailureAnalysis analyze(Throwable root, Lora4jPropertyException cause) {
    return new FailureAnalysis(
        String.valueOf(cause.getMessage()),
        "Correct " + cause.property() + ", or leave it out.",
        cause);
  }
}
