package dev.lora4j.studio.library;

import dev.lora4j.server.library.AdapterFile;
import dev.lora4j.server.library.AdapterLibrary;
import dev.lora4j.server.library.Tenant;
import dev.lora4j.server.library.UnknownAdapterException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Search for the adapters that recipes and pictures mean, by what is in their files. */
public final class AdapterSearch {
  private final AdapterLibrary library;
  private final FactStore store;
  private final FactReading reading;

  AdapterSearch(AdapterLibrary library, FactStore store, FactReading reading) {
    this.library = library;
    this.store = store;
    this.reading = reading;
  }

  /**
   * SHA-256 of an adapter's file, which is read if it is not known.
   *
   * @throws IOException if it cannot be read
   */
  public String sha256(AdapterFile file) throws IOException {
    return library.sha256(file);
  }

  /**
   * Name of the adapter of a name and hash: the one that is called so, unless it is known to be
   * another; else one with the same content. Nothing is read.
   */
  public Optional<String> byHash(String name, String sha256) {
    Optional<AdapterFile> named = find(name);
    boolean other =
        named.flatMap(library::knownSha256).filter(found -> !found.equals(sha256)).isPresent();
    if (named.isPresent() && (!other || sha256.isEmpty())) {
      return named.map(file -> file.key().name());
    }
    return library.list(Tenant.SHARED).stream()
        .filter(file -> library.knownSha256(file).equals(Optional.of(sha256)))
        .map(file -> file.key().name())
        .findFirst();
  }

  /** Name of the adapter of an identity: one that is called so, else any that is known to be it. */
  public Optional<String> byIdentity(String name, String identity) {
    List<AdapterFile> all = library.list(Tenant.SHARED);
    return all.stream()
        .filter(file -> file.key().baseName().equals(name))
        .filter(file -> identity(file).equals(identity))
        .findFirst()
        .or(() -> all.stream().filter(file -> known(file).equals(identity)).findFirst())
        .map(file -> file.key().name());
  }

  private Optional<AdapterFile> find(String name) {
    try {
      return Optional.of(library.find(Tenant.SHARED, name));
    } catch (UnknownAdapterException e) {
      return Optional.empty();
    }
  }

  private String known(AdapterFile file) {
    return store.find(file).flatMap(AdapterFacts::content).map(ContentFacts::identity).orElse("");
  }

  /** The identity of an adapter, which is read if it is not known; empty if it is none. */
  private String identity(AdapterFile file) {
    String known = known(file);
    if (!known.isEmpty()) {
      return known;
    }
    try {
      return reading.examine(file).adapter().map(adapter -> adapter.identity()).orElse("");
    } catch (RuntimeException e) {
      return ""; // its card says what is wrong with it
    }
  }
}
