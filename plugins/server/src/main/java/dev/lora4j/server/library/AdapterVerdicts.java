package dev.lora4j.server.library;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** What the admission said about each adapter, remembered while its files are the same. */
final class AdapterVerdicts {
  private record Verdict(AdapterFile file, Optional<String> refusal, long round) {
    /** The name of an adapter is of no effect on it. */
    boolean about(AdapterFile other) {
      return file.real().equals(other.real()) && file.parts().equals(other.parts());
    }
  }

  private final AdapterAdmission admission;
  private final AdapterDigests digests;
  private final Consumer<LibraryEvent> events;
  private final Map<Path, Verdict> verdicts = new ConcurrentHashMap<>();
  private volatile long round;

  AdapterVerdicts(
      AdapterAdmission admission, AdapterDigests digests, Consumer<LibraryEvent> events) {
    this.admission = admission;
    this.digests = digests;
    this.events = events;
  }

  /**
   * Returns true if an adapter may be used.
   *
   * @throws IOException if it cannot be read, or changes meanwhile
   */
  boolean admits(AdapterFile file) throws IOException {
    long now = round;
    Verdict known = verdicts.get(file.path());
    if (known != null && known.round() == now && known.about(file)) {
      return known.refusal().isEmpty();
    }
    Optional<String> refusal =
        admission.refusal(file, () -> HexFormat.of().parseHex(digests.sha256(file)));
    refusal.ifPresent(
        reason ->
            events.accept(
                new LibraryEvent(LibraryEvent.Kind.REFUSED, file.key().toString(), reason)));
    verdicts.put(file.path(), new Verdict(file, refusal, now));
    return refusal.isEmpty();
  }

  /** Paths of the adapters that are known to be refused. */
  Set<Path> refused() {
    Set<Path> paths = new HashSet<>();
    verdicts.forEach(
        (path, verdict) -> {
          if (verdict.refusal().isPresent() && verdict.round() == round) {
            paths.add(path);
          }
        });
    return paths;
  }

  /** Reads the admission's lists again and forgets what it said. */
  synchronized void refresh() {
    admission.refresh();
    round = round + 1;
    verdicts.clear();
  }
}
