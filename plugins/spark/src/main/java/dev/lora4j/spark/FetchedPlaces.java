package dev.lora4j.spark;

import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.tensor.AutoDType;
import dev.lora4j.diffusion.config.StoreAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongConsumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.deploy.SparkHadoopUtil;

/**
 * Copies on this machine of files and folders that have an address of Hadoop's file systems, such
 * as {@code s3a://bucket/base} or {@code hdfs://host/base}. Each is copied once for all processes
 * of a user, and again when a file of it has another size or time.
 */
public final class FetchedPlaces {
  private static final String ORIGIN = "address";
  private static final String UNFINISHED = ".part";
  private static final int DIGITS = 32;
  private static final long RESERVE = 1L << 30;

  private final Path root;
  private final SparkConf settings;

  private FetchedPlaces(Path root, SparkConf settings) {
    this.root = root;
    this.settings = settings;
  }

  /**
   * Those of this user, in the folder {@code cache} of {@link AutoDType#home}, by the properties of
   * the program that runs on this machine.
   */
  public static FetchedPlaces ofUser() {
    return ofUser(
        Optional.ofNullable(SparkEnv.get()).map(SparkEnv::conf).orElseGet(SparkConf::new));
  }

  /**
   * The same by other properties of Spark, of which those that begin with {@code spark.hadoop.} are
   * for file systems.
   */
  public static FetchedPlaces ofUser(SparkConf settings) {
    return in(AutoDType.home().resolve("cache").resolve("fetched"), settings);
  }

  static FetchedPlaces in(Path root, SparkConf settings) {
    return new FetchedPlaces(root, settings);
  }

  /** True if a text is an address, and no path. */
  public static boolean remote(String place) {
    return StoreAddress.is(place);
  }

  /** The address that a path was made of, if it was made of one and is no file. */
  public static Optional<String> address(Path path) {
    return StoreAddress.of(path.toString());
  }

  /**
   * The file or folder of a place on this machine: that of a path, or the copy of an address.
   *
   * @throws UncheckedIOException if it cannot be copied, with what to do
   */
  public Path path(String place) {
    return path(place, Progress.NONE);
  }

  /** Progress of a copy. */
  public interface Progress {
    /** Says nothing. */
    Progress NONE = bytes -> done -> {};

    /**
     * A copy begins.
     *
     * @param bytes of all files
     * @return receives how many of them are here
     */
    LongConsumer begins(long bytes);
  }

  /** The same with its progress, if it has to be copied. */
  public Path path(String place, Progress progress) {
    if (!remote(place)) {
      return Path.of(place);
    }
    try {
      return copy(place, progress);
    } catch (IOException e) {
      throw new UncheckedIOException(place + " cannot be fetched: " + reason(e), e);
    }
  }

  private static String reason(IOException e) {
    String said = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return said.contains("No FileSystem for scheme")
        ? said + "; put the jars of this file system, such as hadoop-aws, among Spark's."
        : said;
  }

  /** The address that a copy was made of, if a path is one of these copies. */
  public Optional<String> origin(Path path) {
    Path folder = path.toAbsolutePath().normalize().getParent();
    if (folder == null || !root.toAbsolutePath().normalize().equals(folder.getParent())) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.readString(folder.resolve(ORIGIN)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /*
   * One copy at a time in this process, whatever object asks: a lock of a file is held by a whole
   * process, and asking for it twice is an error.
   */
  private Path copy(String place, Progress progress) throws IOException {
    synchronized (FetchedPlaces.class) {
      return locked(place, progress);
    }
  }

  @SuppressWarnings("try") // the lock is only held
  private Path locked(String place, Progress progress) throws IOException {
    Configuration hadoop = SparkHadoopUtil.get().newConfiguration(settings);
    RemoteFiles files = RemoteFiles.of(place, hadoop);
    String key =
        Digests.hex(files.identity().getBytes(StandardCharsets.UTF_8)).substring(0, DIGITS);
    Path folder = root.resolve(key);
    Path wanted = folder.resolve(files.name());
    if (Files.exists(wanted)) {
      return wanted;
    }
    Files.createDirectories(root);
    // Other processes of this machine wait for the first, and find its copy.
    try (FileChannel channel =
            FileChannel.open(
                root.resolve(key + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      if (!Files.exists(wanted)) {
        requireSpace(files.bytes());
        fetch(files, folder, progress);
      }
      return wanted;
    }
  }

  private void requireSpace(long bytes) throws IOException {
    long free = Files.getFileStore(root).getUsableSpace();
    if (free - RESERVE < bytes) {
      throw new IOException(
          "it has "
              + bytes / 1_000_000
              + " MB, and the disk of "
              + root
              + " "
              + free / 1_000_000
              + " MB, of which 1074 MB stay free. Make room, or set LORA4J_HOME to a folder on a"
              + " larger disk.");
    }
  }

  private void fetch(RemoteFiles files, Path folder, Progress progress) throws IOException {
    String beginning = "." + folder.getFileName() + ".";
    LeftFolders.remove(root, beginning, UNFINISHED);
    String mark = Long.toHexString(ThreadLocalRandom.current().nextLong());
    Path unfinished = root.resolve(beginning + mark + UNFINISHED);
    try {
      files.copy(Files.createDirectories(unfinished), progress.begins(files.bytes()));
      Files.writeString(unfinished.resolve(ORIGIN), files.place());
      Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      LeftFolders.remove(root, beginning + mark, UNFINISHED);
    }
  }
}
