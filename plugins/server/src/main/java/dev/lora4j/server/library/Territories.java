package dev.lora4j.server.library;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Whose each folder is. A path belongs to the owner of the nearest folder above it that has one, so
 * that a shared folder with a private one inside gives nothing of the latter away.
 */
final class Territories {
  /** The owner of a folder; empty if nobody may use what lies directly in it. */
  private final Map<Path, Optional<Tenant>> owners = new HashMap<>();

  /** Folders to look through, without symbolic links, in the order in which they count. */
  private final Map<Tenant, List<Path>> folders = new LinkedHashMap<>();

  private final Consumer<String> notes;

  private Territories(Consumer<String> notes) {
    this.notes = notes;
  }

  /**
   * The folders as they lie on the disk now.
   *
   * @param notes receives a sentence for the log about each folder that cannot be used
   * @throws IllegalArgumentException if a folder is given to two tenants
   */
  static Territories of(LibraryFolders folders, Consumer<String> notes) {
    Territories all = new Territories(notes);
    folders.roots().forEach(all::addRoot);
    Map<Path, Tenant> given = new HashMap<>();
    folders.tenants().forEach((tenant, own) -> own.forEach(f -> all.addGiven(given, tenant, f)));
    return all;
  }

  private void addRoot(Path root) {
    Path real = add(Tenant.SHARED, root);
    // It belongs to nobody before it is there too, or what appears in it would be shared.
    Path within = real.resolve(LibraryFolders.TENANTS);
    owners.put(within, Optional.empty());
    owners.putIfAbsent(spelled(root).resolve(LibraryFolders.TENANTS), Optional.empty());
    if (Files.isDirectory(within, LinkOption.NOFOLLOW_LINKS)) {
      try (DirectoryStream<Path> inside = Files.newDirectoryStream(within)) {
        inside.forEach(this::addTenant);
      } catch (IOException | DirectoryIteratorException e) {
        notes.accept("The folder " + within + " cannot be read: " + e.getMessage());
      }
    }
  }

  private void addTenant(Path folder) {
    String name = folder.getFileName().toString();
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS) || name.startsWith(".")) {
      return;
    }
    if (Tenant.valid(name)) {
      add(new Tenant(name), folder);
    } else {
      notes.accept("The folder " + folder + " is left out, as no tenant can be called so.");
    }
  }

  private void addGiven(Map<Path, Tenant> given, Tenant tenant, Path folder) {
    Path real = add(tenant, folder);
    Tenant other = given.put(real, tenant);
    if (other != null && !other.equals(tenant)) {
      throw new IllegalArgumentException(
          "The folder "
              + folder
              + " is given to "
              + other
              + " and to "
              + tenant
              + ". Give each tenant a folder of its own, and what both need as a root.");
    }
  }

  private Path add(Tenant owner, Path folder) {
    Path real;
    try {
      real = folder.toRealPath();
      folders.computeIfAbsent(owner, o -> new ArrayList<>()).add(real);
    } catch (IOException e) {
      notes.accept("There is no folder " + folder + ", so it gives no adapters until it is made.");
      real = spelled(folder);
    }
    // Clients may write a path as the operator did, with symbolic links.
    owners.put(spelled(folder), Optional.of(owner));
    owners.put(real, Optional.of(owner));
    return real;
  }

  private static Path spelled(Path folder) {
    return folder.toAbsolutePath().normalize();
  }

  /** Owners with folders. */
  List<Tenant> tenants() {
    return List.copyOf(folders.keySet());
  }

  /** The folders of an owner. */
  List<Path> folders(Tenant owner) {
    return folders.getOrDefault(owner, List.of());
  }

  /** Returns true if an owner's adapters may be at this path: it is the owner's, or shared. */
  boolean allows(Tenant owner, Path real) {
    for (Path at = real; at != null; at = at.getParent()) {
      Optional<Tenant> found = owners.get(at);
      if (found != null) {
        return found.filter(t -> t.equals(owner) || t.equals(Tenant.SHARED)).isPresent();
      }
    }
    return false;
  }
}
