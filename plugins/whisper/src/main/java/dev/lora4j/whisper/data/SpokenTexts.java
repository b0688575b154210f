package dev.lora4j.whisper.data;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.whisper.audio.AudioException;
import dev.lora4j.whisper.audio.Wave;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Recordings with their texts: a file of lines of JSON with {@code audio}, a path that is relative
 * to the file, and {@code text}; or a folder with a {@code .txt} beside each {@code .wav}.
 */
public final class SpokenTexts {
  private static final String WAV = ".wav";
  private static final int SHOWN = 20;

  private final List<SpokenText> found = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  private SpokenTexts() {}

  /**
   * Reads all.
   *
   * @throws SpokenDataException with all that is wrong
   */
  public static List<SpokenText> read(Path path) {
    SpokenTexts all = new SpokenTexts();
    try {
      if (Files.isDirectory(path)) {
        all.folder(path);
      } else {
        all.lines(path);
      }
    } catch (IOException e) {
      throw new SpokenDataException("Cannot read " + path + ": " + RegularFile.trouble(e) + ".", e);
    }
    if (all.problems.isEmpty() && all.found.isEmpty()) {
      all.problems.add(path + " has no recordings.");
    }
    if (!all.problems.isEmpty()) {
      int more = all.problems.size() - SHOWN;
      throw new SpokenDataException(
          String.join("\n", all.problems.subList(0, Math.min(SHOWN, all.problems.size())))
              + (more > 0 ? "\n... and " + more + " more." : ""));
    }
    return List.copyOf(all.found);
  }

  private void folder(Path folder) throws IOException {
    List<Path> waves;
    try (Stream<Path> files = Files.list(folder)) {
      waves = files.filter(f -> f.toString().endsWith(WAV)).sorted().toList();
    }
    for (Path wave : waves) {
      String name = String.valueOf(wave.getFileName());
      Path text = wave.resolveSibling(name.substring(0, name.length() - WAV.length()) + ".txt");
      if (Files.isRegularFile(text)) {
        add(wave.toString(), wave, RegularFile.text(text, RegularFile.TEXT));
      } else {
        problems.add(wave + " has no text: there is no " + text.getFileName() + " beside it.");
      }
    }
  }

  private void lines(Path file) throws IOException {
    int number = 0;
    for (String line : RegularFile.lines(file, RegularFile.DATA)) {
      number++;
      if (!line.isBlank()) {
        line(file, file + ", line " + number, line);
      }
    }
  }

  private void line(Path file, String where, String line) {
    try {
      JsonObject fields = JsonParser.parseString(line).getAsJsonObject();
      JsonElement audio = fields.get("audio");
      JsonElement text = fields.get("text");
      if (text(audio) && text(text)) {
        Path wave = file.toAbsolutePath().resolveSibling(audio.getAsString());
        add(where, wave, text.getAsString());
      } else {
        problems.add(where + ": expected {\"audio\": PATH, \"text\": TEXT}.");
      }
    } catch (JsonParseException | IllegalStateException e) {
      problems.add(where + " is no JSON object; expected {\"audio\": PATH, \"text\": TEXT}.");
    }
  }

  private static boolean text(JsonElement element) {
    return element instanceof JsonPrimitive value && value.isString();
  }

  private void add(String where, Path wave, String text) {
    if (text.isBlank()) {
      problems.add(where + ": its text is empty.");
      return;
    }
    try {
      Wave sound = Wave.read(wave);
      if (sound.silent()) {
        problems.add(where + ": " + wave + " is silent: all of its samples are 0.");
        return;
      }
      found.add(new SpokenText(where, sound.at(Wave.RATE), text.strip()));
    } catch (AudioException e) {
      String why = String.valueOf(e.getMessage());
      problems.add(where.equals(wave.toString()) ? why : where + ": " + why);
    }
  }
}
