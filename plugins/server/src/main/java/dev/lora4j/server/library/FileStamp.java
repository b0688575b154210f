package dev.lora4j.server.library;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What shows that a file has changed. Programs can set the time of modification back, but not the
 * time that Unix keeps of the change itself. Two changes within one tick of the file system's clock
 * that leave the size as it is look like one.
 *
 * @param size in bytes
 * @param modified time of modification
 * @param changed time of the last change to content, name or attributes, where the system keeps one
 * @param number number of the file on its disk, empty where the system has none
 */
public record FileStamp(long size, Instant modified, Instant changed, String number) {
  private static final String UNIX = "unix:size,lastModifiedTime,ctime,ino,dev,isRegularFile";

  /**
   * The stamp of a file that is there now.
   *
   * @param real path without symbolic links
   * @return none if there is no regular file at this path
   */
  static Optional<FileStamp> of(Path real) {
    try {
      return unix(Files.readAttributes(real, UNIX, LinkOption.NOFOLLOW_LINKS));
    } catch (UnsupportedOperationException | IllegalArgumentException e) {
      return plain(real);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<FileStamp> unix(Map<String, Object> found) {
    if (Boolean.FALSE.equals(found.get("isRegularFile"))) {
      return Optional.empty();
    }
    return Optional.of(
        new FileStamp(
            attribute(found, "size", Long.class),
            attribute(found, "lastModifiedTime", FileTime.class).toInstant(),
            attribute(found, "ctime", FileTime.class).toInstant(),
            found.get("dev") + ":" + found.get("ino")));
  }

  private static <T> T attribute(Map<String, Object> found, String name, Class<T> type) {
    return Optional.ofNullable(found.get(name))
        .map(type::cast)
        .orElseThrow(() -> new UnsupportedOperationException("no attribute " + name));
  }

  private static Optional<FileStamp> plain(Path real) {
    try {
      BasicFileAttributes found =
          Files.readAttributes(real, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      Instant modified = found.lastModifiedTime().toInstant();
      return found.isRegularFile()
          ? Optional.of(new FileStamp(found.size(), modified, modified, ""))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The later of both times. */
  Instant latest() {
    return changed.isAfter(modified) ? changed : modified;
  }
}
