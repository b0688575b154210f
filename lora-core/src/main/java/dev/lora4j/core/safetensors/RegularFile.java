package dev.lora4j.core.safetensors;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/**
 * A small regular file that is read whole under a user's name for it.
 *
 * <p>Opening a pipe would wait for its writer, and a device has no end; so the kind of file is
 * checked before it is opened. A process that replaces the file between the check and the opening
 * can still make the opening wait.
 */
public final class RegularFile {
  /** Most bytes of a configuration, a run file or another text that a person could have written. */
  public static final long TEXT = 16L << 20;

  /** Most bytes of a vocabulary; the largest that are published have about 40 million. */
  public static final long VOCABULARY = 256L << 20;

  /** Greatest number of bytes of a table or a list of data: the limit of an array. */
  public static final long DATA = Integer.MAX_VALUE - 8L;

  private RegularFile() {}

  /** A refusal whose message leaves the file's name to the caller, as {@link #getFile} has it. */
  private static final class Refusal extends FileSystemException {
    private static final long serialVersionUID = 1;

    Refusal(Path file, String reason) {
      super(file.toString(), null, reason);
    }

    @Override
    public String getMessage() {
      return getReason();
    }

    @Override
    public String toString() {
      return getReason();
    }
  }

  /**
   * Returns the size of a regular file in bytes.
   *
   * @throws IOException if there is none of this name, or something else
   */
  public static long require(Path file) throws IOException {
    BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
    if (found.isDirectory()) {
      throw new Refusal(file, "it is a folder; expected a file");
    }
    if (!found.isRegularFile()) {
      throw new Refusal(file, "it is a pipe, a socket or a device; expected a regular file");
    }
    return found.size();
  }

  /**
   * Reads all bytes of a regular file.
   *
   * @param most greatest number of bytes
   * @throws IOException if it is no regular file, is larger, or cannot be read
   */
  public static byte[] bytes(Path file, long most) throws IOException {
    long size = require(file);
    if (size > most) {
      throw tooLarge(file, size + " bytes", most);
    }
    try (InputStream in = Files.newInputStream(file)) {
      // Files of the system say that they have no bytes, and any file may be growing.
      byte[] read = in.readNBytes((int) Math.min(most + 1, Integer.MAX_VALUE - 8));
      if (read.length > most) {
        throw tooLarge(file, "more than it said", most);
      }
      return read;
    }
  }

  private static Refusal tooLarge(Path file, String found, long most) {
    return new Refusal(file, "it has " + found + "; at most " + most + " bytes are read here");
  }

  /**
   * The text of a regular file in UTF-8.
   *
   * @param most how many bytes are read
   * @throws java.nio.charset.CharacterCodingException if it is no such text
   * @throws IOException if it is no regular file, is larger, or cannot be read
   */
  public static String text(Path file, long most) throws IOException {
    return StandardCharsets.UTF_8
        .newDecoder()
        .decode(ByteBuffer.wrap(bytes(file, most)))
        .toString();
  }

  /** The lines of {@link #text}, without their terminators. */
  public static List<String> lines(Path file, long most) throws IOException {
    return text(file, most).lines().toList();
  }

  /** Name of the unreadable file and the reason, for messages that name its folder. */
  public static String trouble(IOException thrown) {
    if (thrown instanceof NoSuchFileException absent) {
      return "there is no " + absent.getFile();
    }
    if (thrown instanceof FileSystemException other && other.getReason() != null) {
      return other.getFile() + ": " + other.getReason();
    }
    return String.valueOf(thrown.getMessage());
  }
}
