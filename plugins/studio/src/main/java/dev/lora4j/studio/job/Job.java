package dev.lora4j.studio.job;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lora4j.cli.console.Invocation;
import dev.lora4j.studio.action.Lane;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A command line in the queue: what was asked for, how it stands, and its files. */
public final class Job {
  private static final Logger LOG = LoggerFactory.getLogger("dev.lora4j.studio.jobs");

  private final JobFolder folder;
  private final JobRequest request;
  private volatile JobStatus status;
  private volatile boolean saved = true;
  private volatile boolean told;
  private volatile Optional<JobProgress> progress = Optional.empty();

  Job(JobFolder folder, JobRequest request, JobStatus status) {
    this.folder = folder;
    this.request = request;
    this.status = status;
  }

  /** Name of its folder. */
  public String id() {
    return request.id();
  }

  /** Name of the adapter that it makes; empty if it makes none. */
  public String adapter() {
    return request.adapter();
  }

  /** Stage of its life. */
  public JobState state() {
    return status.state();
  }

  /** Words of its command line after the program. */
  public List<String> arguments() {
    return status.arguments();
  }

  /** What the page sent. */
  public JsonObject body() {
    return request.body();
  }

  /** The queue that it is in. */
  public Lane lane() {
    return request.lane();
  }

  /** Steps of the training that it is, as its process tells them; 0 if it has not. */
  public int steps() {
    return progress.filter(p -> p.unit().equals("step")).map(p -> (int) p.total()).orElse(0);
  }

  JobFolder folder() {
    return folder;
  }

  JobRequest request() {
    return request;
  }

  JobStatus status() {
    return status;
  }

  /** Changes how it stands. Where that cannot be written, it counts until it can be. */
  void become(JobStatus other) {
    status = other;
    saved = false;
    save();
  }

  /** Writes how it stands unless that is done; false if it cannot be. */
  boolean save() {
    if (!saved) {
      try {
        folder.write(status);
        saved = true;
      } catch (IOException e) {
        if (!told) {
          LOG.warn("The state of {} cannot be written: {}", folder.path(), e.toString());
        }
      }
      told = !saved; // once, however often it is tried
    }
    return saved;
  }

  /**
   * Has the disk say that it runs, with a ticket for its process.
   *
   * @throws IOException if it cannot be written; the job is then as it was
   */
  void begin(String ticket) throws IOException {
    JobStatus running = status.running(System.currentTimeMillis(), ticket);
    folder.write(running);
    status = running;
    saved = true;
  }

  /** Looks how far it has come; true if that is another place than before. */
  boolean look() {
    Optional<JobProgress> now = JobProgress.of(folder);
    boolean changed = !now.equals(progress);
    progress = now;
    return changed;
  }

  /** What a page shows of it. */
  public JsonObject json() {
    JobStatus now = status;
    JsonObject json = new JsonObject();
    json.addProperty("id", request.id());
    json.addProperty("action", request.action());
    json.addProperty("title", request.title());
    json.addProperty("command", Invocation.of(now.arguments().toArray(String[]::new)));
    json.addProperty("state", now.state().text());
    json.addProperty("lane", request.lane().name().toLowerCase(Locale.ROOT));
    if (now.state() == JobState.QUEUED) {
      json.addProperty("position", now.position());
    }
    json.addProperty("created", request.created());
    add(json, "started", now.started());
    add(json, "ended", now.ended());
    if (now.exit() >= 0) {
      json.addProperty("exit", now.exit());
    }
    progress.filter(p -> now.started() > 0).ifPresent(p -> json.add("progress", p.json()));
    if (!now.message().isEmpty()) {
      json.addProperty("message", now.message());
    }
    if (!request.adapter().isEmpty()) {
      json.addProperty("adapter", request.adapter());
    }
    json.add("files", files());
    json.add("request", request.body());
    return json;
  }

  private static void add(JsonObject json, String name, long time) {
    if (time > 0) {
      json.addProperty(name, time);
    }
  }

  private JsonArray files() {
    JsonArray all = new JsonArray();
    for (Path file : folder.files()) {
      String name = file.getFileName().toString();
      JsonObject one = new JsonObject();
      one.addProperty("name", name);
      try {
        one.addProperty("bytes", Files.size(file));
      } catch (IOException e) {
        continue; // it is gone
      }
      one.addProperty(
          "url",
          "/studio/jobs/file?id="
              + request.id()
              + "&name="
              + URLEncoder.encode(name, StandardCharsets.UTF_8));
      all.add(one);
    }
    return all;
  }
}
