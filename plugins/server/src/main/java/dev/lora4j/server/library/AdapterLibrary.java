package dev.lora4j.server.library;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The adapters that a server may use, by name and tenant. A tenant finds its own adapters and the
 * shared ones; its own go before. An adapter is called as its path within the folder without {@code
 * .safetensors}; its last part suffices if no other has the same. What lies in the folder {@code
 * ink.run} of a training is not listed, and found by its whole name alone.
 *
 * <p>Folders are looked through at the first use and at {@link #refresh}; what has changed in or
 * gone from a file that was found is seen whenever it is used. Headers are not read here, and
 * hashes only for an {@linkplain AdapterAdmission admission} that needs them, or on request.
 *
 * <p>May be used from several threads.
 */
public final class AdapterLibrary {
  private static final int ATTEMPTS = 3;
  private static final String ENDING = ".safetensors";

  private record View(Territories territories, Catalogue catalogue) {}

  private final LibraryFolders folders;
  private final HashIndex index;
  private final AdapterDigests digests;
  private final AdapterVerdicts verdicts;
  private final Consumer<LibraryEvent> events;
  private final AdapterNames names = new AdapterNames();
  private volatile @Nullable View view;

  /**
   * Creates a library.
   *
   * @param state folder for what is remembered from run to run
   * @param events receives what the operator's log should have; called from any thread
   */
  public AdapterLibrary(
      LibraryFolders folders,
      AdapterAdmission admission,
      Path state,
      Consumer<LibraryEvent> events) {
    this.folders = folders;
    this.events = events;
    this.index = new HashIndex(state, HashIndex.SETTLED, this::note);
    this.digests = new AdapterDigests(index);
    this.verdicts = new AdapterVerdicts(admission, digests, events);
  }

  private void note(String text) {
    events.accept(LibraryEvent.note(text));
  }

  Consumer<LibraryEvent> events() {
    return events;
  }

  /** Looks through the folders again, and reads the admission's lists again. */
  public synchronized void refresh() {
    verdicts.refresh();
    Territories territories = Territories.of(folders, this::note);
    List<AdapterFile> found = new ArrayList<>();
    for (Tenant owner : territories.tenants()) {
      found.addAll(FolderScan.of(territories, owner, this::note).values());
    }
    names.scanned(found);
    Set<AdapterFile.Part> parts = new HashSet<>();
    names.all().forEach(f -> parts.addAll(f.parts()));
    index.retain(parts);
    show(territories);
  }

  private View show(Territories territories) {
    CaseRule rule =
        folders.roots().isEmpty()
            ? new CaseRule(true)
            : CaseRule.of(folders.roots().get(0).toAbsolutePath());
    View shown = new View(territories, new Catalogue(names.all(), rule));
    view = shown;
    return shown;
  }

  private View view() {
    View known = view;
    return known == null ? firstView() : known;
  }

  private synchronized View firstView() {
    if (view == null) {
      refresh();
    }
    return Objects.requireNonNull(view);
  }

  /**
   * What a tenant may use, sorted by name, as it was found at the last refresh; without what is
   * known to be refused. {@link #verify} makes that known of all.
   */
  public List<AdapterFile> list(Tenant tenant) {
    Set<Path> refused = verdicts.refused();
    return view().catalogue().visible(tenant).values().stream()
        .filter(f -> !refused.contains(f.path()))
        .toList();
  }

  /** Returns true if a tenant means an adapter by a name; it may still be refused. */
  public boolean has(Tenant tenant, String name) {
    return view().catalogue().find(tenant, name).isPresent();
  }

  /** Asks the admission about every adapter, which can mean that all are read. */
  public void verify() {
    for (AdapterFile file : view().catalogue().all()) {
      current(file.key());
    }
    index.save();
  }

  /**
   * The adapter that a tenant means, as its files are now.
   *
   * @throws UnknownAdapterException if the tenant can use none of this name
   */
  public AdapterFile find(Tenant tenant, String name) {
    AdapterKey key = resolve(tenant, name);
    return current(key).orElseThrow(() -> unknown(tenant, name, key));
  }

  /**
   * SHA-256 of an adapter in hexadecimal, as {@link AdapterAdmission.Digest} defines it.
   *
   * @throws IOException if it cannot be read, or is no longer as it was when it was found
   */
  public String sha256(AdapterFile file) throws IOException {
    return digests.sha256(file);
  }

  /** SHA-256 of a lone file as {@link #sha256} gives it, if it is remembered. */
  public Optional<String> knownSha256(AdapterFile file) {
    return digests.known(file);
  }

  /** Returns true if an adapter's last change is so old that its hash is remembered once read. */
  public boolean settled(AdapterFile file) {
    return index.settled(file.parts());
  }

  /** The full name of what a tenant means. */
  AdapterKey resolve(Tenant tenant, String name) {
    return view().catalogue().find(tenant, name).orElseThrow(() -> unknown(tenant, name));
  }

  /** An adapter as its files are now; none if it is gone, was taken away, or is not admitted. */
  Optional<AdapterFile> current(AdapterKey key) {
    View now = view();
    return now.catalogue()
        .at(key)
        .flatMap(file -> admitted(now.territories(), file.key(), file.path()));
  }

  private Optional<AdapterFile> admitted(Territories territories, AdapterKey key, Path path) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Optional<AdapterFile> file = AdapterExamination.of(territories, key, path);
      try {
        if (file.isEmpty() || !verdicts.admits(file.get())) {
          return Optional.empty();
        }
        return file;
      } catch (IOException e) {
        note(path + " could not be examined: " + e.getMessage());
      }
    }
    return Optional.empty();
  }

  /** Returns true if an adapter's files are still the same. */
  boolean unchanged(AdapterFile file) {
    return AdapterExamination.of(view().territories(), file.key(), file.path())
        .equals(Optional.of(file));
  }

  /** The answer about an adapter that a tenant cannot use, whatever the reason. */
  UnknownAdapterException unknown(Tenant tenant, String name) {
    Set<Path> refused = verdicts.refused();
    return UnknownAdapterException.named(
        name, view().catalogue().candidates(tenant, name, f -> !refused.contains(f.path())));
  }

  /** The same about one that is in the catalogue, which must not show. */
  UnknownAdapterException unknown(Tenant tenant, String name, AdapterKey meant) {
    Set<Path> refused = verdicts.refused();
    return UnknownAdapterException.named(
        name,
        view()
            .catalogue()
            .candidates(tenant, name, f -> !f.key().equals(meant) && !refused.contains(f.path())));
  }

  /**
   * The adapter at a path, under a name that it shall have.
   *
   * @param path within the owner's folders or the shared ones, relative to one of them or absolute,
   *     with or without {@code .safetensors}
   * @throws UnknownAdapterException if there is none that the owner can use
   */
  AdapterFile locate(AdapterKey key, String path) {
    Territories territories = view().territories();
    try {
      for (Tenant owner : List.of(key.owner(), Tenant.SHARED)) {
        for (Path folder : territories.folders(owner)) {
          for (String spelled : List.of(path, path + ENDING)) {
            Path candidate = folder.resolve(spelled).normalize();
            // By its spelling first, so that nothing outside is even looked at.
            Optional<AdapterFile> found =
                territories.allows(key.owner(), candidate)
                    ? admitted(territories, key, candidate)
                    : Optional.empty();
            if (found.isPresent()) {
              return found.get();
            }
          }
        }
      }
    } catch (InvalidPathException e) {
      // There can be no such file.
    }
    throw UnknownAdapterException.at(path);
  }

  /** Returns true if an adapter was given its name on request. */
  synchronized boolean given(AdapterKey key) {
    return names.given(key);
  }

  /** Gives an adapter its name. */
  synchronized void give(AdapterFile file) {
    Territories territories = view().territories();
    names.give(file);
    show(territories);
  }

  /** Takes a name away; the full name that it was, if it was in use. */
  synchronized Optional<AdapterKey> take(AdapterKey key) {
    View now = view();
    Optional<AdapterKey> known = now.catalogue().at(key).map(AdapterFile::key);
    known.ifPresent(
        full -> {
          names.take(full);
          show(now.territories());
        });
    return known;
  }

  /** A full name in the spelling of the file that has it, where case tells none apart. */
  AdapterKey spelled(AdapterKey key) {
    return view().catalogue().at(key).map(AdapterFile::key).orElse(key);
  }
}
