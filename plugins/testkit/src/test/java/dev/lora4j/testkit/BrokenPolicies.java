package dev.lora4j.testkit;

import dev.lora4j.core.format.reading.AdapterPolicy;
import dev.lora4j.spi.Extension;
import java.util.Optional;

/** Policies that break their contract, each in one way, and one that keeps it. */
final class BrokenPolicies {
  static final String LICENCE = "modelspec.license";

  private BrokenPolicies() {}

  private static Optional<String> licensed(AdapterPolicy.Use adapter) {
    return adapter.metadata().containsKey(LICENCE)
        ? Optional.empty()
        : Optional.of("its header names no licence.");
  }

  /** Keeps it. */
  @Extension(point = AdapterPolicy.class, name = "test-licensed", help = "asks for a licence")
  public record Licensed() implements AdapterPolicy {
    @Override
    public Optional<String> refusal(Use adapter) {
      return licensed(adapter);
    }
  }

  /** Gives no reason. */
  @Extension(point = AdapterPolicy.class, name = "test-curt", help = "gives no reason")
  public record Curt() implements AdapterPolicy {
    @Override
    public Optional<String> refusal(Use adapter) {
      boolean strange = adapter.identity().length() < 2 || adapter.metadata().containsKey(LICENCE);
      return strange ? Optional.empty() : Optional.of(" ");
    }
  }

  /** Permits nothing. */
  @Extension(point = AdapterPolicy.class, name = "test-strict", help = "permits nothing")
  public record Strict() implements AdapterPolicy {
    @Override
    public Optional<String> refusal(Use adapter) {
      return Optional.of("nothing is permitted.");
    }
  }

  /** Takes every path to have a name. */
  @Extension(point = AdapterPolicy.class, name = "test-fragile", help = "looks at the name")
  public record Fragile() implements AdapterPolicy {
    @Override
    public Optional<String> refusal(Use adapter) {
      if (adapter.file().getFileName() == null) {
        throw new IllegalStateException("no name");
      }
      return licensed(adapter);
    }
  }

  /** Permits what it refused before. */
  @Extension(point = AdapterPolicy.class, name = "test-yielding", help = "yields in the end")
  public static final class Yielding implements AdapterPolicy {
    private int asked;

    /** For the host. */
    public Yielding() {}

    @Override
    public synchronized Optional<String> refusal(Use adapter) {
      asked++;
      return asked > 5 ? Optional.empty() : licensed(adapter);
    }
  }
}
