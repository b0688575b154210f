package dev.lora4j.studio.job;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.studio.action.Lane;
import dev.lora4j.studio.action.Outputs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * The files of a job: {@code job.json} (what was asked for), {@code state.json} (how it stands),
 * {@code out.txt} and {@code err.txt} of its process, {@code began} with its ticket, {@code exit}
 * with its code, and {@code files}.
 */
final class JobFolder implements Outputs {
  private static final String FILES = "files";
  private static final String REQUEST = "job.json";
  private static final String STATUS = "state.json";
  private static final String BEGAN = "began";
  private static final String EXIT = "exit";

  private final Path path;

  JobFolder(Path path) {
    this.path = path;
  }

  Path path() {
    return path;
  }

  /** What its process printed as result. */
  Path out() {
    return path.resolve("out.txt");
  }

  /** What its process said beside. */
  Path err() {
    return path.resolve("err.txt");
  }

  @Override
  public Path file(String name) {
    return folder(name).resolve(name);
  }

  /** All files of a job are in one folder, whatever it would be called elsewhere. */
  @Override
  public Path folder(String name) {
    return path.resolve(FILES);
  }

  /** What the job made, by name; files of other programs' making too. */
  List<Path> files() {
    try (Stream<Path> all = Files.list(path.resolve(FILES))) {
      return all.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .filter(file -> !file.getFileName().toString().startsWith("."))
          .sorted()
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /** Writes what never changes, after which the job exists. */
  void create(JobRequest request, JobStatus status) throws IOException {
    Files.createDirectories(path.resolve(FILES));
    // The request comes last: without it the folder is no job.
    write(status);
    JsonObject json = new JsonObject();
    json.addProperty("action", request.action());
    json.addProperty("lane", request.lane().name().toLowerCase(Locale.ROOT));
    json.addProperty("title", request.title());
    json.addProperty("adapter", request.adapter());
    json.addProperty("created", request.created());
    json.add("request", request.body());
    AtomicFile.write(path.resolve(REQUEST), json.toString());
  }

  void write(JobStatus status) throws IOException {
    JsonObject json = new JsonObject();
    json.addProperty("state", status.state().text());
    json.addProperty("position", status.position());
    JsonArray arguments = new JsonArray();
    status.arguments().forEach(arguments::add);
    json.add("arguments", arguments);
    json.addProperty("ticket", status.ticket());
    json.addProperty("started", status.started());
    json.addProperty("ended", status.ended());
    json.addProperty("exit", status.exit());
    json.addProperty("message", status.message());
    AtomicFile.write(path.resolve(STATUS), json.toString());
  }

  /**
   * Reads what was asked for.
   *
   * @throws IOException if the folder holds no whole job
   */
  JobRequest request() throws IOException {
    JsonObject json = json(REQUEST);
    try {
      return new JobRequest(
          path.getFileName().toString(),
          json.get("action").getAsString(),
          Lane.valueOf(json.get("lane").getAsString().toUpperCase(Locale.ROOT)),
          json.get("title").getAsString(),
          json.get("adapter").getAsString(),
          json.get("created").getAsLong(),
          json.getAsJsonObject("request"));
    } catch (RuntimeException e) {
      throw new IOException(path.resolve(REQUEST) + " is damaged: " + e.getMessage(), e);
    }
  }

  /**
   * Reads how it stands.
   *
   * @throws IOException if the folder holds no whole job
   */
  JobStatus status() throws IOException {
    JsonObject json = json(STATUS);
    try {
      List<String> arguments = new ArrayList<>();
      json.getAsJsonArray("arguments").forEach(word -> arguments.add(word.getAsString()));
      return new JobStatus(
          JobState.valueOf(json.get("state").getAsString().toUpperCase(Locale.ROOT)),
          json.get("position").getAsLong(),
          arguments,
          json.get("ticket").getAsString(),
          json.get("started").getAsLong(),
          json.get("ended").getAsLong(),
          json.get("exit").getAsInt(),
          json.get("message").getAsString());
    } catch (RuntimeException e) {
      throw new IOException(path.resolve(STATUS) + " is damaged: " + e.getMessage(), e);
    }
  }

  private JsonObject json(String name) throws IOException {
    try {
      return JsonParser.parseString(Files.readString(path.resolve(name))).getAsJsonObject();
    } catch (JsonParseException | IllegalStateException e) {
      throw new IOException(path.resolve(name) + " is no JSON: " + e.getMessage(), e);
    }
  }

  /** The exit code that its process wrote, if it came to its end. */
  OptionalInt exit() {
    try {
      return OptionalInt.of(Integer.parseInt(Files.readString(path.resolve(EXIT)).strip()));
    } catch (IOException | NumberFormatException e) {
      return OptionalInt.empty();
    }
  }

  /** Makes ready for a process, which begins with files of its own. */
  void clear() throws IOException {
    for (Path file : List.of(path.resolve(EXIT), path.resolve(BEGAN), out(), err())) {
      Files.deleteIfExists(file);
    }
  }

  /** Called by the job's process before it begins to work. */
  void began(String ticket) throws IOException {
    AtomicFile.write(path.resolve(BEGAN), ticket);
  }

  /** True if the process with a ticket has begun to work. */
  boolean hasBegun(String ticket) {
    try {
      return Files.readString(path.resolve(BEGAN)).equals(ticket);
    } catch (IOException e) {
      return false;
    }
  }

  /** Called by the job's process at its end. */
  void exited(int code) throws IOException {
    AtomicFile.write(path.resolve(EXIT), Integer.toString(code));
  }

  /** The last characters of a file of text, which may be growing. */
  static String tail(Path file, int most) {
    try (var channel = Files.newByteChannel(file)) {
      long size = channel.size();
      channel.position(Math.max(0, size - most));
      var bytes = java.nio.ByteBuffer.allocate((int) Math.min(size, most));
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
        // Reads on.
      }
      return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  /** Removes the job's own files. */
  void remove() throws IOException {
    // Without its request it is no job any more, whatever happens to the rest.
    Files.deleteIfExists(path.resolve(REQUEST));
    try (Stream<Path> all = Files.walk(path)) {
      for (Path file : all.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
