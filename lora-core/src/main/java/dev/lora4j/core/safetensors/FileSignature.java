package dev.lora4j.core.safetensors;

import dev.lora4j.core.safetensors.SafetensorsException.Kind;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * Recognition of files that are no safetensors files, to name their kind to the user instead of
 * "corrupt".
 */
final class FileSignature {
  /** Bytes at the start of a file that suffice for detection. */
  static final int LENGTH = 512;

  private static final String UNSAFE =
      " It can run code when it is loaded, so it is never opened here; get a .safetensors version.";

  private FileSignature() {}

  /** Detected kind of a file and a hint, which follow its name in messages; empty if unknown. */
  record Finding(Kind kind, String message) {}

  /** Judges a file by its first bytes. */
  static Optional<Finding> of(byte[] head) {
    String text = new String(head, StandardCharsets.ISO_8859_1);
    String lower = text.strip().toLowerCase(Locale.ROOT);
    if (text.startsWith("PK\3\4")) {
      return found(Kind.IS_ZIP, "is a zip archive, probably a PyTorch checkpoint." + UNSAFE);
    }
    if (pickle(head)) {
      return found(Kind.IS_PICKLE, "is a Python pickle." + UNSAFE);
    }
    if (lower.startsWith("version https://git-lfs") || lower.startsWith("version https://hawser")) {
      return found(
          Kind.IS_LFS_POINTER,
          "is a Git LFS pointer, not the file itself. Run `git lfs pull` or download it.");
    }
    if (lower.startsWith("<!doctype") || lower.startsWith("<html") || lower.startsWith("<?xml")) {
      return found(
          Kind.IS_HTML,
          "is a web page, probably an error or login page saved in place of the download."
              + " Open the address in a browser and download the file again.");
    }
    return other(head, text, lower);
  }

  /** Returns true if the file is text that begins with a JSON object. */
  static boolean json(byte[] head) {
    return new String(head, StandardCharsets.ISO_8859_1).strip().startsWith("{");
  }

  private static Optional<Finding> other(byte[] head, String text, String lower) {
    String[][] known = {
      {"GGUF", "a GGUF file"},
      {"ggml", "a GGML file"},
      {"lmgg", "a GGML file"},
      {"\u0089HDF", "an HDF5 (Keras) file"},
      {"\u0093NUMPY", "a NumPy array"},
      {"\u001f\u008b", "a gzip archive"},
      {"(\u00b5/\u00fd", "a zstd archive"},
      {"7z\u00bc\u00af", "a 7-Zip archive"},
      {"Rar!", "a RAR archive"},
      {"\u0089PNG", "a PNG image"},
      {"\u00ff\u00d8\u00ff", "a JPEG image"},
      {"%PDF", "a PDF document"},
    };
    for (String[] magic : known) {
      if (text.startsWith(magic[0])) {
        return found(Kind.IS_OTHER_FORMAT, "is " + magic[1] + ", not a safetensors file.");
      }
    }
    if (lower.startsWith("{")) {
      return found(Kind.IS_OTHER_FORMAT, "is JSON text, not a safetensors file.");
    }
    if (head.length > 0 && text(head)) {
      String start = new String(head, 0, Math.min(head.length, 60), StandardCharsets.UTF_8);
      return found(
          Kind.IS_OTHER_FORMAT,
          "is a text file that begins "
              + QuotedText.of(start.strip())
              + ", probably an error message saved in place of the download. Download it again, or"
              + " give another file.");
    }
    return Optional.empty();
  }

  /** Pickle protocols 2 to 5 begin with 0x80 and their number; a header length never does. */
  private static boolean pickle(byte[] head) {
    return head.length >= 3 && (head[0] & 0xff) == 0x80 && head[1] >= 2 && head[1] <= 5;
  }

  /** Returns true if this is UTF-8 without control characters; the last character may be cut. */
  private static boolean text(byte[] head) {
    for (byte b : head) {
      if (b >= 0 && b < ' ' && b != '\n' && b != '\r' && b != '\t') {
        return false;
      }
    }
    CharBuffer text = CharBuffer.allocate(head.length);
    boolean whole = head.length < LENGTH;
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    return !decoder.decode(ByteBuffer.wrap(head), text, whole).isError();
  }

  private static Optional<Finding> found(Kind kind, String message) {
    return Optional.of(new Finding(kind, message));
  }
}
