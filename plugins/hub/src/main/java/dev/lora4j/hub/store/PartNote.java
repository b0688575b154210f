package dev.lora4j.hub.store;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.safetensors.RegularFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What is known of a file that has arrived in part.
 *
 * @param address it is from, without a query
 * @param etag by which the server knows its content; empty if it says none that is strong
 * @param size of the whole file; -1 if that is unknown
 * @param sha256 that it must have; empty if that is unknown
 * @param bytes that are on the disk for sure, whatever happened to the machine
 */
record PartNote(String address, String etag, long size, String sha256, long bytes) {
  /** Nothing has arrived. */
  static final PartNote NOTHING = new PartNote("", "", -1, "", 0);

  private static final long MOST_BYTES = 1 << 16;

  PartNote withBytes(long count) {
    return new PartNote(address, etag, size, sha256, count);
  }

  /** True if the next byte can be asked for: the server or the end tells whether it is the same. */
  boolean resumable() {
    return bytes > 0 && (!etag.isEmpty() || !sha256.isEmpty());
  }

  /** The note in a file; {@link #NOTHING} if there is none, or it is no note. */
  static PartNote read(Path file) throws IOException {
    if (Files.notExists(file)) {
      return NOTHING;
    }
    String text = RegularFile.text(file, MOST_BYTES);
    try {
      JsonObject json = JsonParser.parseString(text).getAsJsonObject();
      return new PartNote(
          json.get("url").getAsString(),
          json.get("etag").getAsString(),
          json.get("size").getAsLong(),
          json.get("sha256").getAsString(),
          json.get("bytes").getAsLong());
    } catch (JsonParseException
        | IllegalStateException
        | NullPointerException
        | UnsupportedOperationException
        | NumberFormatException e) {
      return NOTHING;
    }
  }

  /** Writes it, whole or not at all. */
  void write(Path file) throws IOException {
    JsonObject json = new JsonObject();
    json.addProperty("url", address);
    json.addProperty("etag", etag);
    json.addProperty("size", size);
    json.addProperty("sha256", sha256);
    json.addProperty("bytes", bytes);
    AtomicFile.write(file, json + "\n");
  }
}
