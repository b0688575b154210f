package dev.lora4j.spark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongConsumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * The files of an address.
 *
 * @param name of the file or folder
 */
record RemoteFiles(String place, String name, FileSystem system, List<RemoteFile> files) {
  private static final int PIECE = 1 << 20;

  /**
   * One of them.
   *
   * @param below its path below the folder; the name of a single file
   */
  private record RemoteFile(String below, FileStatus status) {}

  /** Lists them, and reads nothing. */
  static RemoteFiles of(String place, Configuration hadoop) throws IOException {
    Path path = new Path(place);
    FileSystem system = path.getFileSystem(hadoop);
    FileStatus status = system.getFileStatus(path);
    List<RemoteFile> files = new ArrayList<>();
    if (status.isFile()) {
      files.add(new RemoteFile(path.getName(), status));
    } else {
      String folder = status.getPath().toUri().getPath() + "/";
      RemoteIterator<LocatedFileStatus> all = system.listFiles(path, true);
      while (all.hasNext()) {
        LocatedFileStatus one = all.next();
        String below = one.getPath().toUri().getPath();
        if (!below.startsWith(folder)) {
          throw new IOException("it lists " + one.getPath() + ", which is not in it");
        }
        files.add(new RemoteFile(path.getName() + "/" + below.substring(folder.length()), one));
      }
      if (files.isEmpty()) {
        throw new FileNotFoundException("there is no file in it");
      }
    }
    files.sort(Comparator.comparing(RemoteFile::below));
    return new RemoteFiles(place, path.getName(), system, List.copyOf(files));
  }

  /** Bytes of all files. */
  long bytes() {
    return files.stream().mapToLong(file -> file.status().getLen()).sum();
  }

  /** Another text for other files. */
  String identity() {
    StringBuilder text = new StringBuilder(place).append('\n');
    for (RemoteFile file : files) {
      text.append(file.below()).append('\n').append(file.status().getLen()).append('\n');
      text.append(file.status().getModificationTime()).append('\n');
    }
    return text.toString();
  }

  /**
   * Copies all.
   *
   * @param copied receives how many bytes are there
   * @throws IOException if one cannot be copied whole
   */
  void copy(java.nio.file.Path folder, LongConsumer copied) throws IOException {
    long[] done = {0};
    for (RemoteFile file : files) {
      java.nio.file.Path target = folder.resolve(file.below()).normalize();
      if (!target.startsWith(folder)) {
        throw new IOException("it lists " + file.below() + ", which is not in it");
      }
      Files.createDirectories(target.getParent());
      long before = done[0];
      try (InputStream from = system.open(file.status().getPath());
          OutputStream to = Files.newOutputStream(target)) {
        byte[] piece = new byte[PIECE];
        for (int n = from.read(piece); n >= 0; n = from.read(piece)) {
          to.write(piece, 0, n);
          done[0] += n;
          copied.accept(done[0]);
        }
      }
      if (done[0] - before != file.status().getLen()) {
        throw new IOException(
            file.below()
                + " has "
                + file.status().getLen()
                + " bytes, of which "
                + (done[0] - before)
                + " came");
      }
    }
  }
}
