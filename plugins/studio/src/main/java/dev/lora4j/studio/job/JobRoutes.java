package dev.lora4j.studio.job;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.lora4j.cli.console.Invocation;
import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.http.HttpHandler;
import dev.lora4j.server.http.HttpProblem;
import dev.lora4j.server.http.HttpRequest;
import dev.lora4j.server.http.Routes;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.studio.action.Action;
import dev.lora4j.studio.action.ActionTable;
import dev.lora4j.studio.action.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;

/** Where pages ask for actions and see their jobs. */
public final class JobRoutes {
  private static final Map<String, String> TYPES =
      Map.of(
          "png", "image/png",
          "json", "application/json",
          "csv", "text/csv; charset=utf-8",
          "txt", "text/plain; charset=utf-8");

  /** Most bytes of a process's words that are sent, its last ones. */
  private static final int MOST_TEXT = 4 << 20;

  /** Most bytes of a file that are sent, as they are in memory meanwhile. */
  private static final long MOST_FILE = 256L << 20;

  private final JobQueue queue;
  private final ActionTable actions;

  private JobRoutes(JobQueue queue, ActionTable actions) {
    this.queue = queue;
    this.actions = actions;
  }

  /** The routes of a queue. */
  public static Routes of(JobQueue queue, ActionTable actions) {
    JobRoutes routes = new JobRoutes(queue, actions);
    return Routes.none()
        .post("/studio/actions/{action}/command", routes::command)
        .post("/studio/actions/{action}", routes::start)
        .get("/studio/jobs", request -> routes.list())
        .get("/studio/jobs/output", request -> routes.text(request, true))
        .get("/studio/jobs/log", request -> routes.text(request, false))
        .get("/studio/jobs/file", routes::file)
        .post("/studio/jobs/stop", routes.change(queue::stop))
        .post("/studio/jobs/kill", routes.change(queue::kill))
        .post("/studio/jobs/again", routes.change(queue::again))
        .post("/studio/jobs/move", routes::move)
        .post("/studio/jobs/remove", routes::remove);
  }

  private HttpAnswer command(HttpRequest request) {
    Action action = actions.require(request.part("action"));
    JsonFields fields = JsonFields.parse(request.text());
    Task task = action.task(fields, Path::of);
    JsonObject json = action.beside(fields);
    json.addProperty("command", Invocation.of(task.arguments().toArray(String[]::new)));
    JsonArray words = new JsonArray();
    task.arguments().forEach(words::add);
    json.add("arguments", words);
    return HttpAnswer.json(json.toString());
  }

  private HttpAnswer start(HttpRequest request) throws Exception {
    Action action = actions.require(request.part("action"));
    Job job = queue.submit(action, JsonFields.parse(request.text()));
    if (request.query("wait").isEmpty()) {
      return HttpAnswer.json(told(job).toString()).status(202);
    }
    request.onDisconnect(() -> queue.stop(job));
    queue.ended(job).get();
    JsonObject json = told(job);
    json.add("output", output(job));
    return HttpAnswer.json(json.toString());
  }

  private static JsonObject told(Job job) {
    JsonObject json = new JsonObject();
    json.add("job", job.json());
    return json;
  }

  private static JsonElement output(Job job) {
    String text = JobFolder.tail(job.folder().out(), MOST_TEXT);
    try {
      return JsonParser.parseString(text);
    } catch (JsonParseException e) {
      return new JsonPrimitive(text);
    }
  }

  private HttpAnswer list() {
    JsonArray all = new JsonArray();
    queue.list().forEach(job -> all.add(job.json()));
    JsonObject json = new JsonObject();
    json.add("jobs", all);
    return HttpAnswer.json(json.toString());
  }

  private HttpAnswer text(HttpRequest request, boolean out) {
    JobFolder folder = job(request.query("id").orElse("")).folder();
    return HttpAnswer.text(JobFolder.tail(out ? folder.out() : folder.err(), MOST_TEXT));
  }

  private HttpAnswer file(HttpRequest request) throws IOException {
    Job job = job(request.query("id").orElse(""));
    String name = request.query("name").orElse("");
    // Found among those that are there, so that a name can lead nowhere else.
    Path file =
        job.folder().files().stream()
            .filter(path -> path.getFileName().toString().equals(name))
            .findFirst()
            .orElseThrow(() -> new HttpProblem(404, "The job has made no file '" + name + "'."));
    if (Files.size(file) > MOST_FILE) {
      throw new HttpProblem(413, name + " is too large to be sent. It is in " + file + ".");
    }
    String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    String type = TYPES.getOrDefault(ending, "application/octet-stream");
    return HttpAnswer.bytes(type, Files.readAllBytes(file));
  }

  private HttpHandler change(java.util.function.Consumer<Job> change) {
    return request -> {
      Job job = job(JsonFields.parse(request.text()).requiredText("id"));
      change.accept(job);
      return HttpAnswer.json(told(job).toString());
    };
  }

  private HttpAnswer move(HttpRequest request) {
    JsonFields fields = JsonFields.parse(request.text());
    Job job = job(fields.requiredText("id"));
    Optional<Job> before = fields.text("before").filter(id -> !id.isEmpty()).map(this::job);
    queue.move(job, before);
    return HttpAnswer.json(told(job).toString());
  }

  private HttpAnswer remove(HttpRequest request) throws IOException {
    queue.remove(job(JsonFields.parse(request.text()).requiredText("id")));
    return HttpAnswer.json("{}");
  }

  private Job job(String id) {
    try {
      return queue.require(id);
    } catch (NoSuchElementException e) {
      throw new HttpProblem(404, String.valueOf(e.getMessage()));
    }
  }
}
