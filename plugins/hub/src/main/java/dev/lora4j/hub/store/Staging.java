package dev.lora4j.hub.store;

import dev.lora4j.hub.source.FileEndings;
import dev.lora4j.hub.web.HubException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The hidden folder beside an adapter in which it arrives, for one process at a time. It is gone
 * once the adapter is there.
 */
final class Staging implements AutoCloseable {
  private final Path library;
  private final String name;
  private final boolean folder;
  private final PullClaim claim;

  private Staging(Path library, String name, boolean folder, PullClaim claim) {
    this.library = library;
    this.name = name;
    this.folder = folder;
    this.claim = claim;
  }

  /**
   * Claims the place of an adapter in a library.
   *
   * @param name a safe one
   * @param folder whether it will be a folder
   * @throws HubException if another process fetches it
   */
  static Staging of(Path library, String name, boolean folder) throws IOException {
    return new Staging(library, name, folder, PullClaim.of(place(library, name), name));
  }

  private static Path place(Path library, String name) {
    return library.resolve("." + name + ".pull");
  }

  /** Where parts lie. */
  Path place() {
    return place(library, name);
  }

  /** Where the whole adapter will lie. */
  static Path target(Path library, String name, boolean folder) {
    return library.resolve(folder ? name : name + FileEndings.SAFETENSORS);
  }

  Path target() {
    return target(library, name, folder);
  }

  /** Folder in which the files of an adapter get their names. */
  Path assembly() {
    return place().resolve("whole");
  }

  /** Gives the adapter its name, in one step where there is nothing that it replaces. */
  void publish(Path whole) throws IOException {
    Path old = place().resolve("replaced");
    if (folder && Files.exists(target())) {
      remove(old);
      Files.move(target(), old, StandardCopyOption.ATOMIC_MOVE);
    }
    Files.move(whole, target(), StandardCopyOption.ATOMIC_MOVE);
    sync(library);
    remove(old);
  }

  /** Flushes a folder to the disk, as a power failure could undo a rename otherwise. */
  static void sync(Path folder) throws IOException {
    boolean interrupted = Thread.interrupted(); // which would close the channel
    try (FileChannel open = FileChannel.open(folder, StandardOpenOption.READ)) {
      open.force(true);
    } catch (AccessDeniedException e) {
      // Windows opens no folders; the rename is in the system's hands then.
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Forgets all parts. */
  void clear() throws IOException {
    List<Path> inside;
    try (Stream<Path> all = Files.list(place())) {
      inside = all.filter(p -> !p.endsWith(PullClaim.FILE)).toList();
    }
    for (Path path : inside) {
      remove(path);
    }
  }

  private static void remove(Path tree) throws IOException {
    if (Files.notExists(tree)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> walk = Files.walk(tree)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }

  /** Gives the claim up; the folder goes too if no part is in it. */
  @Override
  public void close() throws IOException {
    boolean empty;
    try (Stream<Path> all = Files.list(place())) {
      empty = all.allMatch(p -> p.endsWith(PullClaim.FILE));
    }
    try {
      if (empty) {
        claim.remove();
      }
    } catch (DirectoryNotEmptyException e) {
      // Another process has just claimed it.
    } catch (FileSystemException e) {
      // What a system does not remove while it is open stays: an empty folder, which does no harm.
    } finally {
      claim.close();
    }
  }
}
