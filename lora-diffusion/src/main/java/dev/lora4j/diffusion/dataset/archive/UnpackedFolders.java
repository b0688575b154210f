package dev.lora4j.diffusion.dataset.archive;

import dev.lora4j.core.tensor.AutoDType;
import dev.lora4j.diffusion.dataset.cache.CacheKey;
import dev.lora4j.diffusion.dataset.source.ArchiveColumns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The folder of pictures that were unpacked, {@code cache/unpacked} in {@link AutoDType#home}. Each
 * data set has a folder in it that is named after all that its pictures depend on: paths, sizes and
 * times of the shards, and the columns. It has that name from the moment that it is whole, so that
 * a killed process leaves nothing that looks so, and several processes may unpack the same at once:
 * the first one's folder is used by all. Deleting any of it at any time is safe but for runs that
 * read it.
 */
public final class UnpackedFolders {
  private static final int DIGITS = 32;

  private final Path root;
  private final DiskSpace disk;

  UnpackedFolders(Path root, DiskSpace disk) {
    this.root = root;
    this.disk = disk;
  }

  /** Those in a folder, which is made when needed. */
  public static UnpackedFolders in(Path root) {
    return new UnpackedFolders(root, DiskSpace.OF_DISK);
  }

  /** Those of this user. */
  public static UnpackedFolders ofUser() {
    return in(AutoDType.home().resolve("cache").resolve("unpacked"));
  }

  /**
   * The pictures of shards, unpacked now if they are not yet.
   *
   * @throws ArchiveException with what is wrong with a shard; it is named if there are several
   * @throws IOException if files cannot be read or written
   */
  public UnpackedFolder of(Shards shards, ArchiveColumns columns, UnpackListener listener)
      throws IOException {
    Path place = root.resolve(key(shards, columns).digest().substring(0, DIGITS));
    Path folder = place.resolve(FileStem.of(shards.name(), "").get(0));
    Optional<UnpackAccount> before = UnpackAccount.of(folder);
    if (before.isPresent()) {
      listener.kept(shards.from(), folder, before.get().pictures());
      return UnpackedFolder.of(folder, before.get());
    }
    Files.createDirectories(root);
    LeftoverFolders.remove(root);
    disk.require(root, shards.bytes());
    listener.begins(shards.from(), shards.bytes());
    UnpackAccount account;
    try {
      account = unpack(shards, columns, place, folder, listener);
    } finally {
      listener.ends();
    }
    listener.unpacked(shards.from(), folder, account.pictures());
    return UnpackedFolder.of(folder, account);
  }

  private static CacheKey key(Shards shards, ArchiveColumns columns) throws IOException {
    CacheKey key =
        CacheKey.of("unpacked")
            .with("archive", shards.kind())
            .with("name", shards.name())
            .with("image_column", columns.image())
            .with("caption_column", columns.caption());
    int number = 0;
    for (Path file : shards.files()) {
      String shard = "shard " + number++;
      key =
          key.with(shard + " path", file.toRealPath().toString())
              .with(shard + " size", Files.size(file))
              .with(shard + " time", Files.getLastModifiedTime(file).toInstant().toString());
    }
    return key;
  }

  private UnpackAccount unpack(
      Shards shards, ArchiveColumns columns, Path place, Path folder, UnpackListener listener)
      throws IOException {
    String mark = Long.toHexString(ThreadLocalRandom.current().nextLong());
    Path temporary = LeftoverFolders.name(place, mark);
    try {
      Path filled = Files.createDirectories(temporary.resolve(folder.getFileName()));
      UnpackingFolder unpacking = new UnpackingFolder(filled, disk, listener);
      for (Path shard : shards.files()) {
        read(shard, shards, columns, unpacking);
      }
      UnpackAccount account = unpacking.account();
      account.write(filled);
      return named(temporary, place, folder, account);
    } finally {
      LeftoverFolders.delete(temporary);
    }
  }

  private static void read(
      Path shard, Shards shards, ArchiveColumns columns, UnpackingFolder unpacking)
      throws IOException {
    String name = String.valueOf(shard.getFileName());
    unpacking.shard(ShardName.stem(name, shards.archive().endings()));
    try {
      shards.archive().read(shard, columns, unpacking);
    } catch (ArchiveException e) {
      throw shards.files().size() == 1
          ? e
          : new ArchiveException("has a shard " + name + " that " + e.sentence());
    }
  }

  /** Gives the folder its name, unless another process was faster, whose folder is used then. */
  private UnpackAccount named(Path temporary, Path place, Path folder, UnpackAccount account)
      throws IOException {
    if (Files.exists(place) && UnpackAccount.of(folder).isEmpty()) {
      // Somebody deleted a part of it.
      Path aside =
          LeftoverFolders.name(place, Long.toHexString(ThreadLocalRandom.current().nextLong()));
      Files.move(place, aside, StandardCopyOption.ATOMIC_MOVE);
      LeftoverFolders.delete(aside);
    }
    try {
      Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE);
      return account;
    } catch (IOException e) {
      return UnpackAccount.of(folder).orElseThrow(() -> e);
    }
  }
}
