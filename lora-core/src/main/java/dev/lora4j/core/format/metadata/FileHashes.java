package dev.lora4j.core.format.metadata;

import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.core.safetensors.Safetensors;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Hashes by which tools and sites identify a safetensors file, in lower-case hexadecimal.
 *
 * @param sha256 SHA-256 of the whole file
 * @param data SHA-256 of all that follows the header, which editing the metadata does not change:
 *     Civitai's AutoV3, AUTOMATIC1111's hash of adapters
 * @param legacy AUTOMATIC1111's old hash, Civitai's AutoV1: the first 8 digits of the SHA-256 of
 *     the 64 KiB that begin at 1 MiB
 */
public record FileHashes(String sha256, String data, String legacy) {
  /** First byte of the old hash's range, counted from the start of the file. */
  static final long LEGACY_BEGIN = 0x100000;

  /** End of the old hash's range. */
  static final long LEGACY_END = LEGACY_BEGIN + 0x10000;

  /** Number of digits of the old hash. */
  static final int LEGACY_DIGITS = 8;

  private static final int SHORT = 12;
  private static final int AUTO_V2 = 10;
  private static final int CHUNK = 1 << 20;

  /**
   * Hashes of an opened file, which is read once, in pieces.
   *
   * @throws UncheckedIOException if it cannot be read
   */
  public static FileHashes of(Safetensors file) {
    RangeDigest whole = new RangeDigest(0, Long.MAX_VALUE);
    RangeDigest legacy = new RangeDigest(LEGACY_BEGIN, LEGACY_END);
    RangeDigest data = new RangeDigest(file.dataStart(), Long.MAX_VALUE);
    read(file.path(), List.of(whole, data, legacy));
    return new FileHashes(whole.hex(), data.hex(), legacy.hex().substring(0, LEGACY_DIGITS));
  }

  /**
   * SHA-256 of any file, in lower-case hexadecimal.
   *
   * @throws UncheckedIOException if it cannot be read
   */
  public static String sha256(Path file) {
    RangeDigest whole = new RangeDigest(0, Long.MAX_VALUE);
    read(file, List.of(whole));
    return whole.hex();
  }

  /**
   * The old hash of any file, of which it reads no more than it needs.
   *
   * @throws UncheckedIOException if it cannot be read
   */
  public static String legacy(Path file) {
    try (InputStream in = opened(file)) {
      RangeDigest legacy = new RangeDigest(LEGACY_BEGIN, LEGACY_END);
      long skipped = in.skip(LEGACY_BEGIN);
      legacy.add(skipped, ByteBuffer.wrap(in.readNBytes((int) (LEGACY_END - LEGACY_BEGIN))));
      return legacy.hex().substring(0, LEGACY_DIGITS);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static InputStream opened(Path file) throws IOException {
    RegularFile.require(file);
    return new FileInputStream(file.toFile());
  }

  private static void read(Path file, List<RangeDigest> digests) {
    // A stream of a channel would be closed by an interrupt.
    try (InputStream in = opened(file)) {
      byte[] chunk = new byte[CHUNK];
      long position = 0;
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        for (RangeDigest digest : digests) {
          digest.add(position, ByteBuffer.wrap(chunk, 0, count));
        }
        position += count;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Civitai's AutoV2: the first 10 digits of the whole file's hash, in capitals as on its pages.
   */
  public String autoV2() {
    return sha256.substring(0, AUTO_V2).toUpperCase(Locale.ROOT);
  }

  /** Civitai's AutoV3 in full; its pages show the first 12 digits. */
  public String autoV3() {
    return data;
  }

  /**
   * AUTOMATIC1111's hash of an adapter in pictures ({@code Lora hashes}): the first 12 digits of
   * kohya's hash where the metadata has one, else of {@link #data}.
   */
  public String shortHash(Metadata metadata) {
    String full = metadata.get(KohyaKeys.MODEL_HASH).orElse(data);
    return full.substring(0, Math.min(SHORT, full.length()));
  }
}
