package dev.lora4j.core.tensor.djl;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes a module's text as the archive that libtorch loads; equal texts give equal bytes. */
final class Archive {
  private static final byte[] EMPTY_TUPLE = {(byte) 0x80, 2, ')', '.'};

  /*
   * Pickle, protocol 2: an object of class M in module __torch__, built without arguments, whose
   * state is the dictionary {"training": True}.
   */
  private static final byte[] MODULE =
      "\u0080\u0002c__torch__\nM\n)\u0081}(X\b\0\0\0training\u0088ub."
          .getBytes(StandardCharsets.ISO_8859_1);

  /*
   * The version of the operator set the text is written against. With an older number the loader
   * rewrites div, full, linspace and gelu to what they meant then.
   */
  private static final byte[] VERSION = "10\n".getBytes(StandardCharsets.US_ASCII);

  private Archive() {}

  static byte[] of(String source) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(source.length() + 1024);
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      put(zip, "a/version", VERSION);
      put(zip, "a/constants.pkl", EMPTY_TUPLE);
      put(zip, "a/data.pkl", MODULE);
      put(zip, "a/code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  /** The loader only takes entries without compression, whose size and checksum come first. */
  private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 checksum = new CRC32();
    checksum.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCompressedSize(content.length);
    entry.setCrc(checksum.getValue());
    entry.setTimeLocal(LocalDateTime.of(2000, 1, 1, 0, 0));
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
