package dev.lora4j.spi;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Files of a plug-ins folder, which anybody may have put there: they are regular ones of bounded
 * size, or are not opened. Opening a pipe would wait for its writer.
 */
final class PluginFile {
  /** Most bytes of a jar; it is in memory while it is in use. */
  static final int JAR = 1 << 30;

  /** Most bytes of the list of admissions. */
  static final int LIST = 16 << 20;

  private PluginFile() {}

  /** Returns the size of a regular file in bytes. */
  static long require(Path file) throws IOException {
    BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
    if (!found.isRegularFile()) {
      throw new IOException(
          found.isDirectory()
              ? "it is a folder; expected a file"
              : "it is a pipe, a socket or a device; expected a regular file");
    }
    return found.size();
  }

  /**
   * Reads all bytes of a regular file.
   *
   * @throws IOException if it is no regular file, is larger than {@code most}, or cannot be read
   */
  static byte[] bytes(Path file, int most) throws IOException {
    long size = require(file);
    try (InputStream in = Files.newInputStream(file)) {
      byte[] read = size > most ? new byte[0] : in.readNBytes(most + 1);
      if (size > most || read.length > most) {
        throw new FileSystemException(
            file.toString(), null, "it has more than the " + most + " bytes that are read");
      }
      return read;
    }
  }

  /** The SHA-256 of bytes, in hexadecimal. */
  static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
