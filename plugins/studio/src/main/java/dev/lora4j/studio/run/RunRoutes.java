package dev.lora4j.studio.run;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.http.HttpProblem;
import dev.lora4j.server.http.HttpRequest;
import dev.lora4j.server.http.Routes;
import dev.lora4j.server.json.FieldException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Where pages see trainings. */
final class RunRoutes {
  /** A preview's address changes with the file, so a browser need not ask again. */
  private static final String KEPT = "private, max-age=604800";

  private static final String RUN = "run";

  private final Runs runs;

  private RunRoutes(Runs runs) {
    this.runs = runs;
  }

  static Routes of(Runs runs) {
    RunRoutes routes = new RunRoutes(runs);
    return Routes.none()
        .get("/studio/runs", request -> routes.list())
        .get("/studio/runs/log", routes::log)
        .get("/studio/runs/preview", routes::preview);
  }

  private HttpAnswer list() throws IOException {
    JsonArray all = new JsonArray();
    runs.list().forEach(all::add);
    JsonObject json = new JsonObject();
    json.add("runs", all);
    return HttpAnswer.json(json.toString());
  }

  private RunFolder run(HttpRequest request) throws IOException {
    return runs.require(request.query(RUN).orElse(""));
  }

  private HttpAnswer log(HttpRequest request) throws IOException {
    RunFolder run = run(request);
    int after = number(request, "after", 0);
    JsonArray rows = runs.look(run, all -> thinned(all, after));
    JsonObject json = new JsonObject();
    json.add("rows", rows);
    return HttpAnswer.json(json.toString());
  }

  private static JsonArray thinned(LossRows rows, int after) {
    JsonArray all = new JsonArray();
    for (int row : ThinnedRows.of(rows, rows.after(after))) {
      JsonArray one = new JsonArray();
      one.add(rows.step(row));
      for (int place = 0; place < LossRows.WIDTH; place++) {
        float value = rows.number(row, place);
        one.add(Float.isFinite(value) ? new JsonPrimitive(value) : JsonNull.INSTANCE);
      }
      all.add(one);
    }
    return all;
  }

  private HttpAnswer preview(HttpRequest request) throws IOException {
    RunFolder run = run(request);
    int step = number(request, "step", -1);
    Path file = run.previews().resolve(String.format(Locale.ROOT, "step-%06d.png", step));
    if (!Files.isRegularFile(file) || !file.toRealPath().startsWith(run.path().toRealPath())) {
      throw new HttpProblem(404, "There is no preview of step " + step + " of " + run.id() + ".");
    }
    return HttpAnswer.bytes("image/png", Files.readAllBytes(file)).header("cache-control", KEPT);
  }

  private static int number(HttpRequest request, String name, int otherwise) {
    String text = request.query(name).orElse("");
    if (text.isEmpty()) {
      return otherwise;
    }
    if (!text.matches("\\d{1,9}")) {
      throw new FieldException(name, name + " must be a whole number, found '" + text + "'.");
    }
    return Integer.parseInt(text);
  }
}
