package dev.lora4j.spark;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PositionedReadable;
import org.apache.hadoop.fs.Seekable;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * A store of objects, {@code shop://disk/PATH}, that nobody can write to and that remembers what
 * was read of it.
 */
public final class ShopFileSystem extends FileSystem {
  /** Property with which Spark finds it. */
  public static final String PROPERTY = "spark.hadoop.fs.shop.impl";

  static final List<String> READ = new CopyOnWriteArrayList<>();

  /** Bytes of a file that do not come. */
  static volatile int lost;

  @Override
  public URI getUri() {
    return URI.create("shop://disk");
  }

  private static java.nio.file.Path file(Path path) {
    return java.nio.file.Path.of(path.toUri().getPath());
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    java.nio.file.Path file = file(path);
    if (Files.notExists(file)) {
      throw new FileNotFoundException("nothing is sold as " + path);
    }
    return new FileStatus(
        Files.size(file),
        Files.isDirectory(file),
        1,
        1 << 20,
        Files.getLastModifiedTime(file).toMillis(),
        makeQualified(path));
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    try (Stream<java.nio.file.Path> all = Files.list(file(path))) {
      List<java.nio.file.Path> sorted = all.sorted().toList();
      FileStatus[] found = new FileStatus[sorted.size()];
      for (int i = 0; i < found.length; i++) {
        found[i] = getFileStatus(new Path(path, sorted.get(i).getFileName().toString()));
      }
      return found;
    }
  }

  @Override
  public FSDataInputStream open(Path path, int buffer) throws IOException {
    READ.add(path.getName());
    byte[] all = Files.readAllBytes(file(path));
    return new FSDataInputStream(new Content(Arrays.copyOf(all, Math.max(0, all.length - lost))));
  }

  @Override
  public void setWorkingDirectory(Path path) {}

  @Override
  public Path getWorkingDirectory() {
    return new Path("shop://disk/");
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int buffer,
      short replication,
      long block,
      Progressable progress) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FSDataOutputStream append(Path path, int buffer, Progressable progress) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean rename(Path from, Path to) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean delete(Path path, boolean recursive) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean mkdirs(Path path, FsPermission permission) {
    throw new UnsupportedOperationException();
  }

  /** Bytes that are read from the first to the last. */
  private static final class Content extends ByteArrayInputStream
      implements Seekable, PositionedReadable {
    Content(byte[] content) {
      super(content);
    }

    @Override
    public void seek(long at) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long getPos() {
      return pos;
    }

    @Override
    public boolean seekToNewSource(long at) {
      return false;
    }

    @Override
    public int read(long at, byte[] into, int from, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void readFully(long at, byte[] into, int from, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void readFully(long at, byte[] into) {
      throw new UnsupportedOperationException();
    }
  }
}
