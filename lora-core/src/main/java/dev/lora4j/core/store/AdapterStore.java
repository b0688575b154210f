package dev.lora4j.core.store;

import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.safetensors.RegularFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * A folder that keeps many adapters, and the bytes of each tensor once.
 *
 * <p>Several threads and processes can use one store; who writes waits for the others.
 */
public final class AdapterStore {
  private static final String MARK = "lora4j-store.json";
  private static final String FORMAT = "{\"format\": 1}\n";

  private final Path folder;
  private final Manifests manifests;
  private final Packs packs;

  /** Something done to the files of the store while nobody else changes them. */
  private interface Work<T> {
    T run() throws IOException;
  }

  private AdapterStore(Path folder) {
    this.folder = folder;
    manifests = new Manifests(folder, folder.resolve("adapters"));
    packs = new Packs(folder.resolve("packs"));
  }

  /** True if a folder is a store. */
  public static boolean is(Path folder) {
    return Files.isRegularFile(folder.resolve(MARK));
  }

  /**
   * Opens a store.
   *
   * @throws StoreException if the folder is none, or of another version
   */
  public static AdapterStore open(Path folder) {
    if (!is(folder)) {
      throw new StoreException(
          folder + " is no store of adapters. 'store add' makes one in a new or empty folder.");
    }
    AdapterStore store = new AdapterStore(folder);
    String mark = store.during(() -> RegularFile.text(folder.resolve(MARK), RegularFile.TEXT));
    if (!mark.equals(FORMAT)) {
      throw new StoreException(
          folder.resolve(MARK)
              + " names a format that this version does not know. Use the version of lora4j that"
              + " made the store, or a later one.");
    }
    return store;
  }

  /**
   * Opens a store, or makes one in a new or empty folder.
   *
   * @throws StoreException if the folder holds something else
   */
  public static AdapterStore create(Path folder) {
    if (is(folder)) {
      return open(folder);
    }
    AdapterStore store = new AdapterStore(folder);
    store.during(
        () -> {
          store.make();
          return folder;
        });
    return store;
  }

  private void make() throws IOException {
    Files.createDirectories(folder);
    Set<String> own = Set.of("adapters", "packs", StoreLock.FILE, MARK);
    try (DirectoryStream<Path> inside = Files.newDirectoryStream(folder)) {
      for (Path other : inside) {
        String name = String.valueOf(other.getFileName());
        if (!own.contains(name) && !name.startsWith("." + MARK)) {
          throw new StoreException(
              folder
                  + " has other files in it ("
                  + name
                  + "). Name a new or empty folder for the store.");
        }
      }
    }
    Files.createDirectories(manifests.folder());
    Files.createDirectories(packs.folder());
    try {
      Files.createFile(folder.resolve(StoreLock.FILE));
    } catch (FileAlreadyExistsException e) {
      // Another process makes the store too.
    }
    AtomicFile.write(folder.resolve(MARK), FORMAT);
  }

  /** The name that an adapter has in a store unless it is given another: that of its file. */
  public static String name(Path file) {
    return StoredName.of(file);
  }

  /**
   * Adds an adapter: a {@code .safetensors} file, or a folder as PEFT or MLX-LM saves it. Objects
   * of it that are damaged in the store are replaced.
   *
   * @param replace whether an adapter of this name with other contents is replaced
   * @throws StoreException if it is not, or the files cannot be read or stored; the store then has
   *     the adapters that it had
   */
  public AddedAdapter add(String name, Path source, boolean replace) {
    StoredName.require(name);
    SourceFolder files = SourceFolder.of(source);
    return writing(() -> added(name, files, replace));
  }

  private AddedAdapter added(String name, SourceFolder files, boolean replace) throws IOException {
    packs.refresh();
    Optional<String> taken = manifests.taken(name);
    Addition addition = new Addition(packs);
    Manifest manifest = addition.read(name, files);
    boolean named = taken.filter(name::equals).isPresent();
    boolean unchanged = named && manifests.read(name).filter(manifest::same).isPresent();
    if (taken.isPresent() && !unchanged && !(named && replace)) {
      throw new StoreException(
          folder
              + " has another adapter called "
              + taken.get()
              + ". --name gives the new one another name; --replace puts it in the place of the old"
              + " one.");
    }
    addition.write();
    if (!unchanged) {
      manifests.write(name, manifest);
    }
    return new AddedAdapter(name, manifest.size(), addition.newBytes(), unchanged);
  }

  /** The names of all adapters, sorted. */
  public SortedSet<String> names() {
    return reading(manifests::names);
  }

  /**
   * The adapters, sorted by name.
   *
   * @throws StoreException if what one is made of cannot be read
   */
  public List<StoredAdapter> adapters() {
    return reading(
        () -> {
          Map<String, Manifest> all = all();
          Map<ObjectId, Integer> uses = uses(all);
          List<StoredAdapter> adapters = new ArrayList<>();
          for (Map.Entry<String, Manifest> entry : all.entrySet()) {
            Manifest manifest = entry.getValue();
            List<StoredFile> files = manifest.files();
            long own =
                manifest.objects().stream()
                    .filter(o -> uses.getOrDefault(o.id(), 0) == 1)
                    .mapToLong(Piece::length)
                    .sum();
            String sha256 = files.get(files.size() - 1).sha256().hex();
            adapters.add(
                new StoredAdapter(entry.getKey(), manifest.folder(), sha256, manifest.size(), own));
          }
          return adapters;
        });
  }

  private Map<String, Manifest> all() throws IOException {
    Map<String, Manifest> all = new TreeMap<>();
    for (String name : manifests.names()) {
      all.put(name, manifests.require(name));
    }
    return all;
  }

  private static Map<ObjectId, Integer> uses(Map<String, Manifest> all) {
    Map<ObjectId, Integer> uses = new HashMap<>();
    all.values()
        .forEach(m -> m.objects().forEach(object -> uses.merge(object.id(), 1, Integer::sum)));
    return uses;
  }

  /**
   * Writes an adapter as it was added, byte for byte; whole or not at all.
   *
   * @param target the file; of an adapter in a folder, a folder that is not there or empty
   * @throws StoreException if there is no such adapter, or it is damaged
   */
  public void get(String name, Path target) {
    reading(
        () -> {
          Manifest manifest = manifests.require(name);
          packs.refresh();
          new Retrieval(packs, name).write(manifest, target);
          return target;
        });
  }

  /**
   * Returns true if an adapter is a folder of files.
   *
   * @throws StoreException if there is no such adapter, or it is damaged
   */
  public boolean folder(String name) {
    return reading(() -> manifests.require(name).folder());
  }

  /**
   * Removes adapters, and what they alone had.
   *
   * @throws StoreException if there is none of one of these names; none is removed then
   */
  public CollectedPacks remove(List<String> names) {
    return writing(
        () -> {
          manifests.requireNames(names);
          for (String name : names) {
            manifests.delete(name);
          }
          return collected();
        });
  }

  /**
   * Removes objects that no adapter has: those of additions that were ended before they were whole.
   *
   * @throws StoreException if what an adapter is made of cannot be read; nothing is removed then
   */
  public CollectedPacks collect() {
    return writing(this::collected);
  }

  private CollectedPacks collected() throws IOException {
    packs.refresh();
    AtomicFile.removeAbandoned(manifests.folder(), name -> true);
    return new PackCollection(packs, new HashSet<>(uses(all()).keySet())).run();
  }

  /**
   * Reads every object, and says what is damaged.
   *
   * @return a sentence for each damaged manifest, pack and object; none if all is as it was added
   */
  public List<String> verify() {
    return reading(
        () -> {
          packs.refresh();
          return new Verification(manifests, packs).run();
        });
  }

  /**
   * The size of the store.
   *
   * @throws StoreException if what an adapter is made of cannot be read
   */
  public StoreStatistics statistics() {
    return reading(
        () -> {
          packs.refresh();
          Map<String, Manifest> all = all();
          Map<ObjectId, Integer> uses = uses(all);
          long stored = 0;
          for (String name : all.keySet()) {
            stored += manifests.bytes(name);
          }
          long unused = 0;
          Set<ObjectId> seen = new HashSet<>();
          for (Pack pack : packs.all()) {
            stored += Files.size(pack.file());
            for (PackEntry entry : pack.entries()) {
              boolean needed = uses.containsKey(entry.id()) && seen.add(entry.id());
              unused += needed ? 0 : entry.held();
            }
          }
          return new StoreStatistics(
              all.size(),
              all.values().stream().mapToLong(Manifest::size).sum(),
              stored,
              packs.objects(),
              uses.values().stream().filter(count -> count > 1).count(),
              unused);
        });
  }

  @SuppressWarnings("try") // the lock is only held
  private <T> T reading(Work<T> work) {
    return during(
        () -> {
          try (StoreLock lock = StoreLock.toRead(folder)) {
            return work.run();
          }
        });
  }

  @SuppressWarnings("try") // the lock is only held
  private <T> T writing(Work<T> work) {
    return during(
        () -> {
          try (StoreLock lock = StoreLock.toWrite(folder)) {
            return work.run();
          }
        });
  }

  private <T> T during(Work<T> work) {
    try {
      return work.run();
    } catch (IOException e) {
      throw new StoreException(
          "The store "
              + folder
              + " cannot do this: "
              + RegularFile.trouble(e)
              + ". The adapters in it are as they were.",
          e);
    }
  }
}
