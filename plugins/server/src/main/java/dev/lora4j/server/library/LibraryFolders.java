package dev.lora4j.server.library;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Folders of adapters. Each root is shared, but for {@code tenants/NAME} below it, which belongs to
 * the tenant of that name alone.
 *
 * @param roots folders that all tenants may use; of two adapters of one name, that of the earlier
 *     root counts
 * @param tenants further folders of single tenants, wherever they lie
 */
public record LibraryFolders(List<Path> roots, Map<Tenant, List<Path>> tenants) {
  /** The folder below a root that has the folders of tenants. */
  public static final String TENANTS = "tenants";

  /** Copies its collections. */
  public LibraryFolders {
    roots = List.copyOf(roots);
    Map<Tenant, List<Path>> copy = new HashMap<>();
    tenants.forEach((tenant, folders) -> copy.put(tenant, List.copyOf(folders)));
    if (copy.containsKey(Tenant.SHARED)) {
      throw new IllegalArgumentException(
          "A folder of a tenant needs the tenant's name. Give folders for all as roots.");
    }
    tenants = Map.copyOf(copy);
  }

  /** Shared roots without further folders. */
  public static LibraryFolders of(Path... roots) {
    return new LibraryFolders(List.of(roots), Map.of());
  }

  /** These folders with others for a tenant. */
  public LibraryFolders withTenant(Tenant tenant, Path... folders) {
    Map<Tenant, List<Path>> all = new HashMap<>(tenants);
    all.put(tenant, List.of(folders));
    return new LibraryFolders(roots, all);
  }
}
