package dev.lora4j.studio.blend;

import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import java.util.Base64;

/** A PNG file in a field of a request, in base64. */
final class SentPng {
  private static final int MOST_BYTES = 32 << 20;
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  private SentPng() {}

  /**
   * The bytes of the file.
   *
   * @throws FieldException if there are none, or they are no PNG file by their first bytes
   */
  static byte[] of(JsonFields fields, String name) {
    String text = fields.requiredText(name);
    // Canvases of browsers give a data URL.
    String encoded = text.startsWith("data:") ? text.substring(text.indexOf(',') + 1) : text;
    if (encoded.length() / 4 * 3L > MOST_BYTES) {
      throw new FieldException(
          name, name + " must be a PNG file of at most " + MOST_BYTES + " bytes.");
    }
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(encoded);
    } catch (IllegalArgumentException e) {
      throw new FieldException(name, name + " must be a PNG file in base64: " + e.getMessage());
    }
    for (int i = 0; i < SIGNATURE.length; i++) {
      if (i >= bytes.length || bytes[i] != SIGNATURE[i]) {
        throw new FieldException(name, name + " must be a PNG file; its first bytes are others.");
      }
    }
    return bytes;
  }
}
