package dev.lora4j.server.library;

import dev.lora4j.spi.NearestNames;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Adapters by owner and name at one moment. A tenant finds its own and the shared ones, and its own
 * go before; nothing that is done for it looks at those of other tenants.
 */
final class Catalogue {
  private static final int CANDIDATES = 3;

  /** Comparing a name with many others would let a client keep a processor busy with mistakes. */
  private static final int COMPARED = 5_000;

  /** The names of one owner. */
  private record Names(Map<String, AdapterFile> exact, Map<String, List<AdapterKey>> byBaseName) {
    static final Names NONE = new Names(Map.of(), Map.of());
  }

  private final CaseRule rule;
  private final Map<Tenant, Names> owners = new HashMap<>();

  Catalogue(Collection<AdapterFile> files, CaseRule rule) {
    this.rule = rule;
    for (AdapterFile file : files) {
      AdapterKey key = file.key();
      Names names =
          owners.computeIfAbsent(key.owner(), o -> new Names(new TreeMap<>(), new HashMap<>()));
      names.exact().put(rule.folded(key.name()), file);
      if (!key.ofRun()) {
        names
            .byBaseName()
            .computeIfAbsent(rule.folded(key.baseName()), b -> new ArrayList<>())
            .add(key);
      }
    }
  }

  private Names names(Tenant owner) {
    return owners.getOrDefault(owner, Names.NONE);
  }

  /** The adapter with exactly this full name. */
  Optional<AdapterFile> at(AdapterKey key) {
    return Optional.ofNullable(names(key.owner()).exact().get(rule.folded(key.name())));
  }

  /** The adapter that a tenant means: by its name, else by a base name that is the only one. */
  Optional<AdapterKey> find(Tenant tenant, String name) {
    List<Tenant> order = List.of(tenant, Tenant.SHARED);
    for (Tenant owner : order) {
      Optional<AdapterFile> found = at(new AdapterKey(owner, name));
      if (found.isPresent()) {
        return found.map(AdapterFile::key);
      }
    }
    for (Tenant owner : order) {
      List<AdapterKey> found = names(owner).byBaseName().getOrDefault(rule.folded(name), List.of());
      if (!found.isEmpty()) {
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
      }
    }
    return Optional.empty();
  }

  /** The adapters of all owners without those of runs, for the server itself. */
  List<AdapterFile> all() {
    return owners.values().stream()
        .flatMap(n -> n.exact().values().stream())
        .filter(f -> !f.key().ofRun())
        .toList();
  }

  /** What a tenant may use, by name, without adapters of runs. */
  SortedMap<String, AdapterFile> visible(Tenant tenant) {
    SortedMap<String, AdapterFile> all = new TreeMap<>();
    for (Tenant owner : List.of(Tenant.SHARED, tenant)) {
      // The key by which it is found, so that an own name hides a shared one in another case.
      all.putAll(names(owner).exact());
    }
    all.values().removeIf(f -> f.key().ofRun());
    return all;
  }

  /** Names that a tenant may have meant, of those adapters that are {@code shown}. */
  List<String> candidates(Tenant tenant, String name, Predicate<AdapterFile> shown) {
    Set<String> names = new TreeSet<>();
    Map<String, List<String>> byBaseName = new TreeMap<>();
    for (AdapterFile file : visible(tenant).values()) {
      if (shown.test(file)) {
        names.add(file.key().name());
        byBaseName
            .computeIfAbsent(file.key().baseName(), b -> new ArrayList<>())
            .add(file.key().name());
      }
    }
    if (names.size() > COMPARED) {
      return byBaseName.getOrDefault(name, List.of()).stream().limit(CANDIDATES).toList();
    }
    Set<String> near = new LinkedHashSet<>(byBaseName.getOrDefault(name, List.of()));
    near.addAll(NearestNames.near(name, names, CANDIDATES));
    NearestNames.near(name, byBaseName.keySet(), CANDIDATES)
        .forEach(base -> near.addAll(byBaseName.getOrDefault(base, List.of())));
    return near.stream().limit(CANDIDATES).toList();
  }
}
