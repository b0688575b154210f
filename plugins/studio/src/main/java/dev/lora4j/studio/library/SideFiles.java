package dev.lora4j.studio.library;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.lora4j.core.safetensors.RegularFile;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Small JSON files beside adapters, parsed once while they are the same. */
final class SideFiles {
  /** As large as anybody writes notes. */
  private static final long MOST_BYTES = 4L << 20;

  private static final int KEPT = 10_000;

  private record Known(long size, long time, JsonObject json, String problem) {}

  private final Map<Path, Known> known = new ConcurrentHashMap<>();

  /**
   * The object in a file, which is not to be changed.
   *
   * @throws IOException if it cannot be read or holds something else
   */
  JsonObject read(Path file) throws IOException {
    BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
    long time = now.lastModifiedTime().toMillis();
    Known before = known.get(file);
    if (before == null || before.size() != now.size() || before.time() != time) {
      before = parsed(file, now.size(), time);
      if (known.size() >= KEPT) {
        known.clear();
      }
      known.put(file, before);
    }
    if (!before.problem().isEmpty()) {
      throw new IOException(before.problem());
    }
    return before.json();
  }

  private static Known parsed(Path file, long size, long time) {
    try {
      JsonElement found = JsonParser.parseString(RegularFile.text(file, MOST_BYTES));
      return found instanceof JsonObject object
          ? new Known(size, time, object, "")
          : new Known(size, time, new JsonObject(), "it holds no JSON object");
    } catch (CharacterCodingException e) {
      return new Known(size, time, new JsonObject(), "it is no text in UTF-8");
    } catch (IOException | JsonParseException e) {
      return new Known(size, time, new JsonObject(), String.valueOf(e.getMessage()));
    }
  }
}
